"""The calls of the protocol, signed and url-encoded, served as ../README.md says."""

from enlist.doors.justclick.api.app import build

__all__ = ["build"]
