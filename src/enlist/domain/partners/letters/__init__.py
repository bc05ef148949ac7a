"""The words of the letters to partners."""
