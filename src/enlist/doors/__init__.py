"""Floor 3, ways in: each door translates one foreign language and does nothing else."""
