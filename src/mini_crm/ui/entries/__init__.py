"""The entry page: enter, see, correct, delete."""
