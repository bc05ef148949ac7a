"""The Just door: profiles, subscriptions, actions, segments, statistics, served as README.md beside this file says."""

from enlist.doors.just.calls import Services
from enlist.doors.just.gate import build

__all__ = ["Services", "build"]
