"""What files of other systems mean: headings, words of statuses, days, amounts and currencies."""
