"""A language that somebody made up is one more file, and whatever people read is in it."""

from pathlib import Path

import pytest

from enlist.domain import accounts
from enlist.domain.groups.messages.composing import confirmation
from tests.doors.web.helpers import SETTINGS, browser_of, build, heading_of
from tests.support.languages import pseudo_language
from tests.support.world import World


async def test_an_account_in_a_third_language_shows_it_everywhere(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(accounts.BadAccount, match="qq"):
        await world.account("quite", locale="qq")
    pseudo_language(tmp_path, monkeypatch, "qq")
    account = await world.account("quite", locale="qq")
    await world.group(account, "news")
    await world.product(account, "course", "1500.5")
    app = build(world, None, SETTINGS)  # type: ignore[arg-type]  # no form is sent
    async with browser_of(app, "quite.localhost:8080") as client:
        form = (await client.get("/form/news/")).text
        assert '<html lang="qq">' in form
        assert ">[Subscribe]</button>" in form
        assert "[Email]" in form
        order = (await client.get("/order/course/")).text
        assert ">[Order]</button>" in order
        assert "[$1,500.50]" in order
        assert heading_of((await client.get("/partner/sign-in/")).text) == "[Partner dashboard]"
    async with browser_of(app, "localhost:8080") as client:
        front = await client.get("/", headers={"Accept-Language": "qq, ru;q=0.5"})
        assert heading_of(front.text).startswith("[")
    letter = confirmation("qq", name="", group_titles=["A"], confirm_url="u", leave_url="v", shop="s")
    assert letter.subject == "[Please confirm your subscription to [“A”]]"
    assert letter.text.startswith("[Hello,]")
