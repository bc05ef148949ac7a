"""How moments are written for people."""

from datetime import datetime
from zoneinfo import ZoneInfo

from enlist.doors.web.texts import say


def moment(locale: str, at: datetime, time_zone: str) -> str:
    """Write an instant as the clocks of ``time_zone`` show it, and say whose clocks those are."""
    there = at.astimezone(ZoneInfo(time_zone))
    return say(locale, "moment", day=there.strftime(say(locale, "day")), time=f"{there:%H:%M}", zone=time_zone)
