"""The public door: what people meet in a browser, served as README.md beside this file says."""

from enlist.doors.public.app import build
from enlist.doors.public.links import links

__all__ = ["build", "links"]
