"""Changes of a membership's state stay within its page (HOT), so that leaving costs little in a large table."""

from enlist.domain import groups
from tests.support.world import World, an_enrolment

# The columns that any index of memberships looks at, in its keys or in its condition.
_INDEXED = """
SELECT DISTINCT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0
WHERE i.indrelid = 'memberships'::regclass
  AND (a.attnum = ANY(i.indkey::smallint[]) OR pg_get_expr(i.indpred, i.indrelid) LIKE '%' || a.attname || '%')
"""


async def test_no_index_looks_at_what_changes_in_a_membership(world: World) -> None:
    async with world.reading() as tx:
        indexed = {row[0] for row in await tx.fetch(_INDEXED)}
    assert indexed == {"account_id", "contact_id", "group_id"}


async def test_pages_keep_room_for_a_new_version_of_a_membership(world: World) -> None:
    account = await world.account(confirms_always=False)
    group = await world.group(account, "news", asks=False)
    outcomes = await world.enrol(*[an_enrolment(account, f"p{n}@example.com", ["news"]) for n in range(200)])
    before = await _pages(world, account.id)
    moved = 0
    for outcome in outcomes[:100:20]:  # a few of each page: so much room is kept
        await world.do(groups.leave_by_link, account.id, outcome.contact_id, [group.id])
        moved += (await _pages(world, account.id))[outcome.contact_id] != before[outcome.contact_id]
    assert moved == 0


async def _pages(world: World, account_id: int) -> dict[int, int]:
    async with world.reading() as tx:
        rows = await tx.fetch(
            "SELECT contact_id, (ctid::text::point)[0]::int AS page FROM memberships WHERE account_id = $1", account_id
        )
    return {row[0]: row[1] for row in rows}
