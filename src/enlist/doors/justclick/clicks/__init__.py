"""The click door: partners' links, the click script and what it reports, served as README.md beside this file says."""

from enlist.doors.justclick.clicks.app import PATHS, Services, build

__all__ = ["PATHS", "Services", "build"]
