"""The report's sheets, one in each module."""
