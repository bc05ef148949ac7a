"""The commands: what each does, says and refuses, as text and as JSON."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from enlist.cli import main
from tests.support.server import Program


@pytest.fixture(scope="module")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    program = Program(tmp_path_factory.mktemp("cli") / "data")
    # A worker holds the private server up, so that each command need not start it.
    async with program.serving("work"):
        yield program


@pytest.mark.parametrize(
    "words",
    [[], ["serve"], ["work"], ["migrate"], ["show-settings"], ["demo"], ["account"], ["account", "create"], ["account", "list"],
     ["account", "disable"], ["account", "enable"], ["account", "show-key"], ["account", "rotate-key"], ["account", "add-domain"],
     ["group"], ["group", "create"], ["group", "list"], ["site"], ["site", "create"], ["site", "list"], ["site", "diagnostics"], ["segment"], ["segment", "create"],
     ["segment", "show"], ["backup"], ["restore"]],
    ids=" ".join,
)  # fmt: skip
def test_every_command_explains_itself(words: list[str]) -> None:
    said = CliRunner().invoke(main, [*words, "--help"])
    assert said.exit_code == 0
    assert len(said.output) > 120


async def test_an_account_lives_through_all_its_commands(program: Program) -> None:
    made = await program.ask("account", "create", "MyShop", "--confirmation", "on-demand", "--time-zone", "Europe/Moscow",
                             "--allow-ip", "10.0.0.0/8", "--allow-ip", "192.0.2.1", "--locale", "ru")  # fmt: skip
    assert (made["login"], made["confirmation"], made["allow_ip"]) == (
        "MyShop",
        "on-demand",
        ["10.0.0.0/8", "192.0.2.1/32"],
    )
    assert len(made["api_key"]) == 32
    assert (await program.ask("account", "show-key", "myshop"))["api_key"] == made["api_key"]
    await program.ask("account", "add-domain", "myshop", "shop.example.com")
    await program.ask("account", "disable", "myshop")
    (row,) = await program.ask("account", "list")
    assert (row["state"], row["domains"]) == ("disabled", ["shop.example.com"])
    assert "api_key" not in row
    await program.ask("account", "enable", "myshop")
    assert (await program.ask("account", "rotate-key", "myshop", "--api-key", "a b&c"))["api_key"] == "a b&c"
    assert await program.run("account", "show-key", "myshop") == "a b&c\n"
    assert "MyShop" in await program.run("account", "list")


async def test_groups_are_made_and_listed_with_their_numbers(program: Program) -> None:
    await program.ask("account", "create", "school")
    made = await program.ask(
        "group", "create", "school", "1473249885.2899961004", "--title", "Clients", "--no-confirmation"
    )
    rows = await program.ask("group", "list", "school")
    assert [row["name"] for row in rows] == ["all contacts", "1473249885.2899961004"]
    assert made == rows[1]
    assert made["confirmation"] is False
    assert "Clients" in await program.run("group", "list", "school")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["account", "create", "a.b"], "bad_account"),
        (["account", "create", "ok", "--time-zone", "Mars/Base"], "bad_account"),
        (["account", "disable", "nobody"], "account_not_found"),
        (["account", "add-domain", "nobody", "x.example"], "account_not_found"),
        (["group", "create", "nobody", "x"], "account_not_found"),
        (["group", "list", "nobody"], "account_not_found"),
    ],
)
async def test_a_refusal_is_one_sentence_or_one_object(program: Program, words: list[str], error: str) -> None:
    complaint = json.loads(await program.run(*words, "--json", expect=1))
    assert complaint["error"] == error
    text = await program.run(*words, expect=1)
    assert text.startswith("enlist: ")
    assert text.count("\n") == 1


@pytest.mark.parametrize("name", ["allleads", "all", "unique"])
async def test_reserved_group_names_are_refused(program: Program, name: str) -> None:
    await program.run("account", "create", f"shop{name}")
    assert "reserved" in await program.run("group", "create", f"shop{name}", name, expect=1)


async def test_a_wrong_setting_is_named_before_anything_starts(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", port="http")
    assert "ENLIST_PORT" in await program.run("serve", expect=1)
    assert "ENLIST_PORT" in await program.run("show-settings", expect=1)
    assert not (tmp_path / "data").exists()


async def test_settings_are_shown_without_their_secrets(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://user:sesame@mail.example.com")
    rows = {row["variable"]: row for row in await program.ask("show-settings")}
    assert rows["ENLIST_SMTP_URL"]["value"] == "***"
    assert "sesame" not in await program.run("show-settings")


async def test_a_database_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", database_url="postgresql://nobody:sesame@127.0.0.1:1/none")
    complaint = await program.run("account", "list", expect=1)
    assert complaint.count("\n") == 1
    assert "sesame" not in complaint


async def test_a_server_elsewhere_is_used_by_its_address(tmp_path: Path, server_dsn: str) -> None:
    import asyncpg

    server = await asyncpg.connect(server_dsn.format("postgres"))
    await server.execute("DROP DATABASE IF EXISTS elsewhere")
    await server.execute("CREATE DATABASE elsewhere")
    await server.close()
    program = Program(tmp_path / "data", database_url=server_dsn.format("elsewhere"))
    assert (await program.ask("migrate"))["changed"] is True
    assert (await program.ask("migrate"))["changed"] is False
    await program.ask("account", "create", "far")
    assert not (tmp_path / "data" / "postgres").exists()
    await program.ask("backup", str(tmp_path / "b"))
    await program.ask("restore", str(tmp_path / "b"), "--replace")
    assert [row["login"] for row in await program.ask("account", "list")] == ["far"]


async def test_the_demo_prints_calls_that_work_when_pasted(tmp_path: Path) -> None:
    import asyncio

    program = Program(tmp_path / "data")
    async with program.serving("demo") as demo:
        for purpose, call in demo.said["calls"].items():
            process = await asyncio.create_subprocess_shell(f"{call} -s", stdout=asyncio.subprocess.PIPE)
            said, _ = await process.communicate()
            assert json.loads(said)["error_code"] == 0, purpose
        (links,) = await program.ask("partner", "links", "demo", "bob")
        assert links["link"].endswith("/aff/sl/course/bob/")
        assert (await program.ask("programme", "show", "demo"))["commissions"][0]["percent"] == "10.0000"
    # A second start finds what the first one made.
    async with program.serving("demo") as again:
        assert again.said["api_key"] == demo.said["api_key"]


async def test_wrong_counts_are_healed_by_counting_anew(program: Program) -> None:
    await program.ask("account", "create", "counted")
    assert await program.ask("account", "recount", "counted") == {"login": "counted", "wrong": 0}
