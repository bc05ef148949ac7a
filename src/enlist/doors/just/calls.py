"""What a call of this protocol is once it has passed the gate, and how its functions are described."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import msgspec

from enlist.domain import profiles, segments
from enlist.domain.accounts import Site
from enlist.doors.just.codes import Reply
from enlist.doors.just.reading import Fields
from enlist.kit.errors import Refusal
from enlist.runtime.db import Database
from enlist.runtime.geo import Place


class Services(msgspec.Struct, frozen=True):
    """What the functions of this door work with.

    ``create_profile``, ``subscribe`` and ``record`` are the ``put`` of the batches of ``profiles.create``,
    ``profiles.subscribe`` and ``segments.record``; ``find_place`` is ``Geo.find``.
    """

    database: Database
    create_profile: Callable[[profiles.NewProfile], Awaitable[str]]
    subscribe: Callable[[profiles.Subscription], Awaitable[None]]
    record: Callable[[segments.Action], Awaitable[None]]
    find_place: Callable[[str], Place]


class Call(msgspec.Struct, frozen=True):
    """One authorised call: the site, the fields, and the channel in its path (where there is one)."""

    site: Site
    fields: Fields
    channel: str
    services: Services


class Stream(msgspec.Struct, frozen=True):
    """A JSON answer that is too long to be held: its pieces, as they become known."""

    pieces: AsyncIterator[bytes]


Handler = Callable[[Call], Awaitable[Reply | Stream]]
Refusals = Mapping[type[Refusal], Reply]


class Function(msgspec.Struct, frozen=True):
    """A function of the protocol: a name (a metric label), what serves it, and how it says no.

    ``failure`` is its answer while the database is away or busy, ``refusals`` are its answers to refusals.
    """

    name: str
    handler: Handler
    failure: Reply
    refusals: Refusals
