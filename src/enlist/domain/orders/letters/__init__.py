"""The letters that the orders slice writes, in each language."""
