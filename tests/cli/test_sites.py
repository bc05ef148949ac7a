"""The commands about sites."""

from collections.abc import AsyncIterator

import pytest
from click.testing import CliRunner

from enlist.cli.site import site
from tests.support.server import Program


@pytest.fixture(scope="module")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    program = Program(tmp_path_factory.mktemp("sites") / "data")
    async with program.serving("work"):
        await program.ask("account", "create", "shop", "--time-zone", "Europe/Moscow")
        await program.ask("group", "create", "shop", "news")
        yield program


@pytest.mark.parametrize("words", [[], ["create"], ["list"], ["rotate-token"], ["set-time-zone"], ["set-group"]])
def test_every_command_explains_itself(words: list[str]) -> None:
    said = CliRunner().invoke(site, [*words, "--help"])
    assert said.exit_code == 0
    assert len(said.output) > 120


async def test_a_site_lives_through_all_its_commands(program: Program) -> None:
    made = await program.ask("site", "create", "shop", "main", "--group", "news")
    assert (made["name"], made["time_zone"], made["group"], len(made["token"])) == ("main", "Europe/Moscow", "news", 32)
    (row,) = await program.ask("site", "list", "shop")
    assert row == {"id": made["id"], "name": "main", "time_zone": "Europe/Moscow", "group": "news"}
    assert (await program.ask("site", "rotate-token", "shop", "main", "--token", "old-T0ken"))["token"] == "old-T0ken"
    assert len((await program.ask("site", "rotate-token", "shop", "main"))["token"]) == 32
    assert (await program.ask("site", "set-time-zone", "shop", "main", "Asia/Kathmandu"))[
        "time_zone"
    ] == "Asia/Kathmandu"
    await program.ask("site", "set-group", "shop", "main")
    assert (await program.ask("site", "list", "shop"))[0]["group"] is None
    assert "Asia/Kathmandu" in await program.run("site", "list", "shop")
