"""Enrolling into a group whom a site subscribes: which group a site names, and the reaction to its subscriptions."""

from collections.abc import Sequence
from typing import Protocol

from enlist.domain import accounts, contacts
from enlist.domain.groups import queries
from enlist.domain.groups.enrolling import enrol
from enlist.domain.groups.errors import GroupForbidden, GroupNotFound
from enlist.domain.groups.model import Enrolment
from enlist.kit.email import normalise
from enlist.runtime.db import Tx


class _Subscribed(Protocol):
    """What of profiles.Subscribed matters here; the slice beside this one is not imported."""

    @property
    def owner_id(self) -> int: ...

    @property
    def site_id(self) -> int: ...

    @property
    def channel(self) -> str: ...

    @property
    def address(self) -> str: ...


async def set_site_group(tx: Tx, site: accounts.Site, name: str | None) -> None:
    """Let the e-mail subscriptions of a site enrol into the group ``name``; into none without one (readings.md#15).

    Refuses with GroupNotFound, GroupForbidden.
    """
    if name is None:
        await queries.clear_site_group(tx, site.account_id, site.id)
        return
    group = (await queries.groups_named(tx, [(site.account_id, name)])).get((site.account_id, name))
    if group is None:
        raise GroupNotFound(group=name)
    if group.fills_itself:
        raise GroupForbidden(group=name)
    await queries.set_site_group(tx, site.id, group)


async def site_groups(tx: Tx, sites: Sequence[accounts.Site]) -> dict[int, str]:
    """Tell by site number the names of the groups that sites enrol into; sites without one are left out."""
    found = await queries.groups_of_sites(tx, [(site.account_id, site.id) for site in sites])
    return {site_id: group.name for site_id, group in found.items()}


async def enrol_subscribed(tx: Tx, events: Sequence[_Subscribed]) -> None:
    """React to profiles.Subscribed: enrol the addresses by the group's own rules; whom they refuse stays outside."""
    of_email = [event for event in events if event.channel == "email"]
    groups = await queries.groups_of_sites(tx, list({(event.owner_id, event.site_id) for event in of_email}))
    owners = await accounts.owners(tx, {event.owner_id for event in of_email if event.site_id in groups})
    wishes = []
    for event in of_email:
        group, owner, address = groups.get(event.site_id), owners.get(event.owner_id), normalise(event.address)
        if group is not None and owner is not None and address is not None:
            wishes.append(Enrolment(account=owner, person=contacts.Person(address), groups=(group.name,)))
    if wishes:
        await enrol(tx, wishes)
