"""Making profiles, and telling which there are."""

from collections.abc import Sequence

from enlist.domain.accounts import Site
from enlist.domain.profiles import queries
from enlist.domain.profiles.events import ProfileCreated
from enlist.domain.profiles.model import NewProfile, is_profile_id, make_profile_id
from enlist.runtime import events
from enlist.runtime.db import Tx


async def create(tx: Tx, new: Sequence[NewProfile]) -> list[str]:
    """Make profiles; return their ids, in order. Source: profiles-api.md §2.

    Texts that are too long are cut; what cannot be kept of them falls away. Where the place tells no time zone, the
    site's is taken.
    """
    profile_ids = [make_profile_id(tx.now) for _ in new]
    await queries.insert_profiles(tx, zip(profile_ids, new, strict=True))
    await events.publish(
        tx,
        [
            ProfileCreated(owner_id=one.site.account_id, site_id=one.site.id, profile_id=profile_id)
            for profile_id, one in zip(profile_ids, new, strict=True)
        ],
    )
    return profile_ids


async def known(tx: Tx, site: Site, profile_ids: Sequence[str]) -> set[str]:
    """Tell which of ``profile_ids``, whatever texts they are, the site has profiles of."""
    sound = {profile_id for profile_id in profile_ids if is_profile_id(profile_id)}
    return await queries.known(tx, site, sound) if sound else set()
