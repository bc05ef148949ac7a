"""What doors with pages share, below them: reading what was sent, texts, templates, addresses, and their one app."""

from enlist.doors.web.addresses import payment_link, payment_links
from enlist.doors.web.app import Door, build
from enlist.doors.web.desk import Desk

__all__ = ["Desk", "Door", "build", "payment_link", "payment_links"]
