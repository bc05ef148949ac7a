"""The emails that the groups slice writes, in each language."""
