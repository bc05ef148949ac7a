"""Lets `python -m enlist.cli` do what `enlist` does."""

from enlist.cli import main

main()
