"""The JustClick door: the signed, url-encoded protocol, served as README.md beside this file says."""

from enlist.doors.justclick.app import build

__all__ = ["build"]
