"""Creating a profile, subscribing it, unsubscribing it (profiles-api.md §§2-6)."""

import re
from typing import Final, cast

from enlist.domain import profiles
from enlist.doors.just import codes
from enlist.doors.just.addresses import KINDS
from enlist.doors.just.calls import Call, Function
from enlist.doors.just.codes import Reply
from enlist.doors.just.reading import Fields

# The first and last second of the years that a calendar knows.
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799
_SECONDS: Final = re.compile(r"[+-]?[0-9]{1,12}")


async def create_profile(call: Call) -> Reply:
    """Create a profile from what was sent; no field is an error."""
    ip = call.fields.text("ip")
    new = profiles.NewProfile(
        site=call.site,
        ip=ip,
        name=call.fields.text("name"),
        gender=call.fields.text("gender"),
        birth_date=_seconds(call.fields.text("birthDate")),
        # Never the caller's own address: the caller is the customer's server (profiles-api.md §2).
        place=call.services.find_place(ip),
    )
    return codes.text(await call.services.create_profile(new))


async def subscribe(call: Call) -> Reply:
    """Subscribe an address of the path's channel; doing it again overwrites the marks sent and reactivates it."""
    juid = call.fields.text("juid")
    if not juid:
        return codes.JUID_EMPTY
    kind = KINDS[call.channel]
    address = kind.read(call.fields.text(kind.field))
    if address is None:
        return kind.malformed
    await call.services.subscribe(
        profiles.Subscription(
            site=call.site,
            profile_id=juid,
            channel=cast(profiles.Channel, call.channel),
            address=address.given,
            key=address.key,
            marks=_marks(call.fields),
        )
    )
    return codes.DONE


async def unsubscribe(call: Call) -> Reply:
    """Deactivate an address of the path's channel; doing it again is fine."""
    juid = call.fields.text("juid")
    if not juid:
        return codes.JUID_MISSING
    kind = KINDS[call.channel]
    sent = call.fields.text(kind.field)
    if not sent:
        return codes.PARAMETER_MISSING
    address = kind.read(sent)
    # What is no address (the PHP sample sends a URL) is merely not subscribed; no key is empty.
    key = address.key if address else ""
    async with call.services.database.transaction() as tx:
        await profiles.unsubscribe(tx, call.site, juid, cast(profiles.Channel, call.channel), key)
    return codes.DONE


def _marks(fields: Fields) -> profiles.Marks:
    return profiles.Marks(
        reg_url=fields.mark("regUrl"),
        refid=fields.mark("refid"),
        refidm=fields.mark("refidm"),
        utm_source=fields.mark("utmSource"),
        utm_medium=fields.mark("utmMedium"),
        utm_campaign=fields.mark("utmCampaign"),
    )


def _seconds(text: str) -> int | None:
    """Read Unix seconds; what is none, or no time of a calendar, is not known."""
    if not _SECONDS.fullmatch(text):
        return None
    seconds = int(text)
    return seconds if _EARLIEST <= seconds <= _LATEST else None


CREATE_PROFILE: Final = Function("create/profile", create_profile, codes.NOT_SAVED, {})
SUBSCRIBE: Final = Function(
    "subscribe",
    subscribe,
    codes.NOT_SAVED,
    {profiles.ProfileNotFound: codes.USER_NOT_FOUND, profiles.BadMark: codes.UNPROCESSABLE},
)
UNSUBSCRIBE: Final = Function(
    "unsubscribe",
    unsubscribe,
    codes.NOT_SAVED,
    {
        profiles.ProfileNotFound: codes.USER_NOT_FOUND,
        profiles.SubscriptionNotFound: codes.SUBSCRIPTION_NOT_FOUND,
    },
)
