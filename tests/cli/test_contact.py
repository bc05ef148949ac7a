"""The commands about contacts and managers, and the currencies of accounts."""

import json

import asyncpg
import pytest
from click.testing import CliRunner

from enlist.cli import main
from enlist.domain import accounts, attribution, contacts, groups, partners
from enlist.kit.email import normalise
from enlist.runtime.actors import OWNER
from enlist.runtime.vault import Vault, find_secret
from tests.support.server import Program
from tests.support.world import World


@pytest.fixture(scope="module")
async def program(tmp_path_factory: pytest.TempPathFactory, server_dsn: str) -> Program:
    server = await asyncpg.connect(server_dsn.format("postgres"))
    await server.execute("DROP DATABASE IF EXISTS contact_commands")
    await server.execute("CREATE DATABASE contact_commands")
    await server.close()
    url = server_dsn.format("contact_commands")
    program = Program(tmp_path_factory.mktemp("cli") / "data", database_url=url)
    await program.ask("account", "create", "school")
    return program


@pytest.mark.parametrize(
    "words", [["manager"], ["manager", "create"], ["manager", "list"], ["contact"], ["contact", "show"], ["account", "set-currency"]],
    ids=" ".join,
)  # fmt: skip
def test_every_command_explains_itself(words: list[str]) -> None:
    said = CliRunner().invoke(main, [*words, "--help"])
    assert said.exit_code == 0
    assert len(said.output) > 120


async def test_managers_are_noted_and_listed_with_their_numbers(program: Program) -> None:
    made = await program.ask("manager", "create", "school", "Olga Petrova", "--email", "olga@example.com")
    assert (made["name"], made["email"]) == ("Olga Petrova", "olga@example.com")
    assert "the number is" in await program.run("manager", "create", "school", "Борис Иванов")
    rows = await program.ask("manager", "list", "school")
    assert [row["name"] for row in rows] == ["Olga Petrova", "Борис Иванов"]
    assert rows[0] == made
    assert "Olga Petrova" in await program.run("manager", "list", "school")


async def test_a_contact_is_shown_with_card_groups_and_history(program: Program) -> None:
    async with World.open(program.environment["ENLIST_DATABASE_URL"]) as world:
        vault = Vault(find_secret(None, program.data))
        anna = normalise("Anna@example.com")
        assert anna is not None
        async with world.database.by(OWNER).transaction() as tx:
            account = await accounts.get(tx, "school", vault)
            manager = await accounts.create_manager(tx, account.id, "Zoe")
            await groups.create(tx, account.id, "news")
            await groups.keep_contact(
                tx,
                account,
                anna,
                contacts.CardChanges(
                    name="Anna", last_name="Smith", utc_offset=180, manager_id=manager.id, add_tags=("one", "two"),
                    description="first line\nsecond\x1b[2J", shipping={"city": "Omsk", "zip": "644000"}, social={"telegram": "@a"},
                ),
                join=["news"],
            )  # fmt: skip
            person = await contacts.find(tx, account.id, anna)
            assert person is not None
            await partners.create(tx, account.id, partners.NewPartner(login="bob"))
            for source in ("nobody", "bob"):
                touch = attribution.Touch(tx.now, {"utm_medium": "affiliate", "utm_source": source}, "request")
                lead = attribution.Lead(account_id=account.id, contact_id=person.id, touches=(touch,))
                await attribution.credit_leads(tx, [lead])
    shown = await program.ask("contact", "show", "school", "anna@EXAMPLE.com")
    assert (shown["email"], shown["name"], shown["last_name"]) == ("Anna@example.com", "Anna", "Smith")
    assert (shown["time_zone"], shown["manager"], shown["tags"]) == ("UTC+03:00", "Zoe", ["one", "two"])
    assert shown["shipping"] == {"city": "Omsk", "zip": "644000"}
    assert shown["social"] == {"telegram": "@a"}
    assert [(place["name"], place["state"]) for place in shown["groups"]] == [("news", "waiting")]
    newer, older = shown["attribution"]
    assert "bob: the last partner's click that counts decides" in newer
    assert older.endswith("nobody: the clicks name nobody who is in the programme")
    assert (shown["history"][0]["field"], shown["history"][0]["after"]) == ("groups", "news")
    assert {line["actor"] for line in shown["history"]} == {"owner"}
    text = await program.run("contact", "show", "school", "anna@example.com", "--limit", "3")
    assert "shipping: Omsk, 644000" in text
    assert text.count("\nattribution: ") == 2
    assert "description: first line second [2J" in text
    assert "\x1b" not in text
    line = int(text.rpartition("more: --before ")[2])
    rest = await program.ask("contact", "show", "school", "anna@example.com", "--before", str(line))
    assert rest["history"] == shown["history"][3:]


async def test_a_currency_is_chosen_or_follows_the_language(program: Program) -> None:
    assert (await program.ask("account", "create", "dollars"))["currency"] == "USD"
    assert (await program.ask("account", "create", "roubles", "--locale", "ru"))["currency"] == "RUB"
    assert (await program.ask("account", "create", "euros", "--currency", "EUR"))["currency"] == "EUR"
    assert await program.ask("account", "set-currency", "euros", "KZT") == {"login": "euros", "currency": "KZT"}
    rows = {row["login"]: row["currency"] for row in await program.ask("account", "list")}
    assert rows == {"school": "USD", "dollars": "USD", "roubles": "RUB", "euros": "KZT"}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["manager", "create", "nobody", "X"], "account_not_found"),
        (["manager", "create", "school", " "], "bad_account"),
        (["manager", "list", "nobody"], "account_not_found"),
        (["contact", "show", "nobody", "a@example.com"], "account_not_found"),
        (["contact", "show", "school", "stranger@example.com"], "contact_not_found"),
        (["account", "create", "ok", "--currency", "euro"], "bad_account"),
        (["account", "set-currency", "nobody", "EUR"], "account_not_found"),
        (["account", "set-currency", "school", "€"], "bad_account"),
    ],
)
async def test_a_refusal_is_one_object(program: Program, words: list[str], error: str) -> None:
    assert json.loads(await program.run(*words, "--json", expect=1))["error"] == error


async def test_what_is_no_address_is_refused_before_anything_starts(program: Program) -> None:
    assert "is not an email address" in await program.run("contact", "show", "school", "anna@", expect=2)
