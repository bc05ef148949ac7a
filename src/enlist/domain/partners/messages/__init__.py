"""The words of the emails to partners."""
