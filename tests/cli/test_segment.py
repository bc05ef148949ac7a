"""The commands about segments, and the one that shows a site's diagnostics."""

import json
from pathlib import Path

from enlist.cli.segment import segment
from enlist.cli.site_diagnostics import diagnostics
from enlist.domain import accounts, segments
from enlist.domain.segments.matching import Known
from tests.cli.conftest import Enlist
from tests.domain.segments.helpers import NOW, add_people
from tests.support.world import World

RUSSIAN = '{"type": "country", "any_of": ["RU"]}'


async def test_a_segment_from_its_making_to_its_end(world: World, enlist: Enlist, tmp_path: Path) -> None:
    account = await world.account("shop")
    async with world.transaction() as tx:
        site, _ = await accounts.create_site(tx, account.id, "main")
        (anna,) = await add_people(tx, site, [Known(created_at=NOW, country="RU")])
        await segments.note_refused(tx, site, "no profile_id", {"label": "login"})

    (tmp_path / "rule.json").write_text(RUSSIAN)
    assert (await enlist(segment, "count", "shop/main", "--rule", RUSSIAN)) == {"count": 1}
    made = await enlist(segment, "create", "shop/main", "Russians", str(tmp_path / "rule.json"))
    assert (made["id"], made["name"], made["state"], made["members"]) == (1, "Russians", "computing", 0)
    assert await segments.Computing(world.database).compute_one()

    shown = await enlist(segment, "show", "shop/main", "1")
    assert (shown["state"], shown["members"], shown["rule"]) == ("ready", 1, json.loads(RUSSIAN))
    assert [one["name"] for one in await enlist(segment, "list", "shop/main")] == ["Russians"]
    assert [one["profile_id"] for one in await enlist(segment, "members", "shop/main", "1")] == [anna]
    assert (await enlist(segment, "count", "shop/main", "1")) == {"count": 1}
    changed = await enlist(
        segment, "change", "shop/main", "1", "--name", "Kazakhs", "--rule", RUSSIAN.replace("RU", "KZ")
    )
    assert (changed["name"], changed["state"]) == ("Kazakhs", "computing")
    assert (await enlist(segment, "delete", "shop/main", "1"))["state"] == "deleted"
    assert (await enlist(segment, "show", "shop/main", "1"))["error"] == "segment_not_found"

    (line,) = await enlist(diagnostics, "shop/main")
    assert (line["reason"], line["times"], line["sent"]) == ("no profile_id", 1, {"label": "login"})


async def test_what_is_wrong_is_said(enlist: Enlist) -> None:
    wrong = await enlist(segment, "create", "shop/main", "x", '{"type": "age"}')
    assert (wrong["error"], wrong["path"]) == ("bad_rule", "$")
    assert (await enlist(segment, "list", "shop/other"))["error"] == "site_not_found"
    assert (await enlist(segment, "list", "nobody/main"))["error"] == "account_not_found"
    assert "LOGIN/NAME" in (await enlist(segment, "list", "shop"))["message"]
