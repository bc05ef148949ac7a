"""Settings: read once, wrong ones named, the table in the docs kept true."""

import re
from pathlib import Path

import pytest

from enlist.plan.settings import Settings, describe, read_settings
from enlist.runtime.http.settings import HttpSettings
from enlist.runtime.settings import WrongSetting, part

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


def table() -> str:
    """The table as it has to stand in the docs."""
    rows = ["| variable | default | meaning | example |", "| --- | --- | --- | --- |"]
    for row in describe():
        default = f"`{row.default}`" if row.default else ""
        rows.append(f"| `{row.variable}` | {default} | {row.meaning} | `{row.example}` |")
    return "\n".join(rows)


def test_the_table_in_the_docs_is_the_truth() -> None:
    assert table() in DOCS.read_text(), f"put this into {DOCS}:\n{table()}"


def test_without_any_variable_everything_has_its_default() -> None:
    settings = read_settings({})
    assert (settings.port, settings.domains, settings.smtp_url) == (8080, ("localhost",), None)


@pytest.mark.parametrize("row", describe(), ids=lambda row: row.variable)
def test_every_example_can_be_used(row: object) -> None:
    example = row.example  # type: ignore[attr-defined]
    if example.startswith("openssl"):
        example = "0" * 64
    read_settings({row.variable: example})  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ENLIST_PORT", "http"),
        ("ENLIST_PORT", "70000"),
        ("ENLIST_DOMAINS", "a b"),
        ("ENLIST_PUBLIC_URL", "ftp://x"),
        ("ENLIST_TRUSTED_PROXIES", "300.0.0.0/8"),
        ("ENLIST_REQUEST_LIMIT", "many"),
        ("ENLIST_REQUEST_LIMIT", "0/minute"),
        ("ENLIST_SMTP_URL", "mail.example.com"),
        ("ENLIST_DATABASE_URL", "mysql://x"),
        ("ENLIST_MAIL_FROM", "nobody"),
        ("ENLIST_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_named_with_an_example(variable: str, value: str) -> None:
    shown = "" if variable in ("ENLIST_SMTP_URL", "ENLIST_DATABASE_URL") else f"; it is {re.escape(repr(value))}"
    with pytest.raises(WrongSetting, match=rf"^{variable} must [^()]+, such as [^;]+{shown}$"):
        read_settings({variable: value})


def test_a_misspelt_variable_is_no_silent_default() -> None:
    with pytest.raises(WrongSetting, match="ENLIST_PROT"):
        read_settings({"ENLIST_PROT": "8080"})


def test_a_secret_can_come_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://enlist:sesame@db/enlist\n")
    settings = read_settings({"ENLIST_DATABASE_URL_FILE": str(file)})
    assert settings.database_url == "postgresql://enlist:sesame@db/enlist"
    assert "sesame" not in str(describe(settings))
    with pytest.raises(WrongSetting, match="cannot be read"):
        read_settings({"ENLIST_DATABASE_URL_FILE": str(tmp_path / "missing")})
    with pytest.raises(WrongSetting) as complaint:
        read_settings({"ENLIST_DATABASE_URL": "mysql://enlist:sesame@db"})
    assert "sesame" not in str(complaint.value)


def test_an_account_has_its_own_host() -> None:
    settings: Settings = read_settings(
        {"ENLIST_PUBLIC_URL": "https://mail.example.com:8443", "ENLIST_DOMAINS": "a.io,b.io"}
    )
    assert settings.account_url("MyShop") == "https://myshop.a.io:8443"


def test_a_part_is_given_what_it_declared_and_nothing_else() -> None:
    whole = read_settings({"ENLIST_SECRET": "0" * 64, "ENLIST_PORT": "1"})
    mine = part(whole, HttpSettings)
    assert type(mine) is HttpSettings
    assert mine.port == 1
    assert not hasattr(mine, "secret")


def test_no_two_parts_declare_the_same_variable_differently() -> None:
    declared: dict[str, object] = {}
    for kind in Settings.__mro__:
        for name in vars(kind).get("__annotations__", {}):
            assert declared.setdefault(name, kind) is kind, name
