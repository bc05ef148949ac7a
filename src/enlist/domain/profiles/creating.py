"""Making profiles, and telling which there are."""

from collections.abc import Sequence

from enlist.domain.accounts import Site
from enlist.domain.profiles import queries
from enlist.domain.profiles.facts import ProfileCreated
from enlist.domain.profiles.model import NewProfile, is_juid, make_juid
from enlist.runtime import facts
from enlist.runtime.db import Tx


async def create(tx: Tx, new: Sequence[NewProfile]) -> list[str]:
    """Make profiles; return their JUIDs, in order. Source: profiles-api.md §2.

    Texts that are too long are cut; what cannot be kept of them falls away. Where the place tells no time zone, the
    site's is taken.
    """
    juids = [make_juid(tx.now) for _ in new]
    await queries.insert_profiles(tx, zip(juids, new, strict=True))
    await facts.publish(
        tx,
        [
            ProfileCreated(owner_id=one.site.account_id, site_id=one.site.id, juid=juid)
            for juid, one in zip(juids, new, strict=True)
        ],
    )
    return juids


async def known(tx: Tx, site: Site, juids: Sequence[str]) -> set[str]:
    """Tell which of ``juids``, whatever texts they are, the site has profiles of."""
    sound = [(site.id, juid) for juid in set(juids) if is_juid(juid)]
    return {juid for _, juid in await queries.known(tx, sound)} if sound else set()
