"""The plan: what is plugged into what, and how the program is started."""
