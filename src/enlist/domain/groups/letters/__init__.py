"""The letters that the groups slice writes, in each language."""
