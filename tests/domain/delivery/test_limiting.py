"""Letters that strangers cause: by recipient over all accounts, by network, and not at all by what owners do."""

from datetime import timedelta

from enlist.domain import delivery
from enlist.domain.delivery import limiting
from enlist.runtime.db import Database

HOUR = timedelta(hours=1)


async def allowed(database: Database, *causes: tuple[str, str]) -> list[bool]:
    async with database.transaction() as tx:
        return await delivery.allow_letters(tx, [delivery.Cause(*cause) for cause in causes])


async def test_a_recipient_gets_five_an_hour_and_twenty_a_day(dsn: str, database: Database) -> None:
    start, shift = database.clock(), timedelta()
    travelling = Database(dsn, clock=lambda: start + shift)
    await travelling.open()
    found = []
    for hour in range(8):
        shift = hour * HOUR
        found.append(sum(await allowed(travelling, *[("Anna@example.com", f"10.1.{hour}.{n}") for n in range(9)])))
    # The day's allowance refills, too, by a little less than one letter an hour.
    assert found[:4] == [5, 5, 5, 5]
    assert all(count <= 3 for count in found[4:])
    assert 20 < sum(found) <= 20 + 8 * 20 // 24
    await travelling.close()


async def test_spellings_of_one_address_are_one_recipient(database: Database) -> None:
    spellings = ["b@bücher.example", "B@BÜCHER.example", " b@xn--bcher-kva.example ", "b@Bücher.Example"] * 2
    assert sum(await allowed(database, *[(text, "") for text in spellings])) == 5


async def test_what_is_no_address_is_limited_as_well(database: Database) -> None:
    assert sum(await allowed(database, *[("no address \ud800", "")] * 8)) == 5


async def test_where_the_network_is_not_known_only_the_recipient_counts(database: Database) -> None:
    assert all(await allowed(database, *[(f"n{n}@example.com", "") for n in range(40)]))
    found = await allowed(database, *[(f"m{n}@example.com", "198.51.100.1") for n in range(40)])
    assert found == [True] * limiting.FROM_NETWORK.most + [False] * 10
