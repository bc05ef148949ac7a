"""The benchmark: a fresh server under load, beside pgbench writing the same rows in the same database."""
