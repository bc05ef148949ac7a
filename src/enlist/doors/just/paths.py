"""Which function serves which path by which method, every spelling of the documents included (profiles-api.md §12)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from enlist.doors.just.actions import SAVE_ACTION
from enlist.doors.just.calls import Function
from enlist.doors.just.marks import UPDATE_MARKS
from enlist.doors.just.segments import LIST_SEGMENTS
from enlist.doors.just.statistics import COUNT_BY_DAY, COUNT_BY_REFID
from enlist.doors.just.subscriptions import CREATE_PROFILE, SUBSCRIBE, UNSUBSCRIBE

PREFIX: Final = "/api/user/v1/"


class Route(NamedTuple):
    """What serves a path: the function, the methods it takes, the channel that the path names."""

    function: Function
    methods: tuple[str, ...]
    channel: str = ""

    @property
    def allow(self) -> bytes:
        """The value of the header `Allow`."""
        return ", ".join(self.methods).encode()


_GET: Final = ("GET", "HEAD")
_POST: Final = ("POST",)
_POST_PUT: Final = ("POST", "PUT")

_FIXED: Final[Mapping[str, Route]] = {
    "subscription/create/profile": Route(CREATE_PROFILE, _POST),
    "subscription/subscribe/email": Route(SUBSCRIBE, _POST, "email"),
    "subscription/subscribe/sms": Route(SUBSCRIBE, _POST, "sms"),
    # The heading says POST, the samples PUT (contradiction 1).
    "subscription/unsubscribe/email": Route(UNSUBSCRIBE, _POST_PUT, "email"),
    "subscription/unsubscribe/sms": Route(UNSUBSCRIBE, _POST_PUT, "sms"),
    "action": Route(SAVE_ACTION, _POST),
    # The heading says POST and the plural, the samples GET and the singular (contradiction 3).
    "info/segments": Route(LIST_SEGMENTS, (*_GET, *_POST)),
    "info/segment": Route(LIST_SEGMENTS, (*_GET, *_POST)),
}

# Below these stands a channel, any word at first: the function has its own answer to a channel it does not serve.
_BY_CHANNEL: Final[Mapping[str, Route]] = {
    "subscription/update/utm-metric/channel": Route(UPDATE_MARKS, _POST_PUT),
    "stat/get-count-refid": Route(COUNT_BY_REFID, _GET),
    # The heading says `stat`, the samples `info` (contradiction 4).
    "stat/stat-by-refid/channel": Route(COUNT_BY_DAY, _GET),
    "info/stat-by-refid/channel": Route(COUNT_BY_DAY, _GET),
}


def find(path: str) -> Route | None:
    """Find what serves ``path``, with a slash at its end or without; None for an unknown path."""
    name = path.removeprefix(PREFIX).removesuffix("/")
    route = _FIXED.get(name)
    if route is not None:
        return route
    folder, _, channel = name.rpartition("/")
    route = _BY_CHANNEL.get(folder)
    return route._replace(channel=channel) if route is not None and channel else None
