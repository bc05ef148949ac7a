"""The emails that the orders slice writes, in each language."""
