"""enlist: contacts, orders and partners on your own machine, over protocols that old clients already speak."""

__version__ = "0.1.0"
