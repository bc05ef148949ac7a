"""What the help of the commands says, and that it fits."""

import re
from collections.abc import Iterator

import click
import pytest

from enlist.cli import main

WIDTH = 78
"""Columns that click fills of a terminal of 80."""


def groups(command: click.Command, *words: str) -> Iterator[tuple[str, click.Group]]:
    """Go through ``command`` and all below it that have commands of their own."""
    if isinstance(command, click.Group):
        yield " ".join(words), command
        for name, one in command.commands.items():
            yield from groups(one, *words, name)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Go through all commands with the words that call them."""
    yield "", main
    for words, group in groups(main):
        yield from ((f"{words} {name}".strip(), one) for name, one in group.commands.items())


@pytest.mark.parametrize(("words", "group"), list(groups(main)))
def test_every_line_of_a_listing_is_whole_in_a_terminal_of_80_columns(words: str, group: click.Group) -> None:
    shown = {name: one for name, one in group.commands.items() if not one.hidden}
    room = WIDTH - 6 - max(map(len, shown))
    cut = {name: one.get_short_help_str(room) for name, one in shown.items()}
    assert {name: line for name, line in cut.items() if line.endswith("...") or not line} == {}


@pytest.mark.parametrize(("words", "command"), list(commands()))
def test_no_help_calls_a_person_he_or_an_email_a_letter(words: str, command: click.Command) -> None:
    said = [command.help or "", *(getattr(one, "help", None) or "" for one in command.params)]
    unwanted = re.compile(r"\b(he|him|his|letters?|e-mail|behind|for ever|cabinet|whoever|anew)\b", re.IGNORECASE)
    assert [text for text in said if unwanted.search(text)] == []


def test_program_is_another_name_for_programme() -> None:
    assert isinstance(main.commands["programme"], click.Group)
    assert isinstance(main.commands["program"], click.Group)
    assert main.commands["program"].commands == main.commands["programme"].commands
    assert "program " not in re.findall(r"^  (\w+ )", main.get_help(click.Context(main)), re.MULTILINE)
