"""Letters on the console."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from enlist.channels.console import ConsoleChannel

if TYPE_CHECKING:
    from tests.channels.conftest import MakeMessage


async def test_a_letter_shows_recipient_subject_and_link(
    make_message: MakeMessage, capsys: pytest.CaptureFixture[str]
) -> None:
    await ConsoleChannel().send(make_message())
    shown = capsys.readouterr().out
    assert "To:      anna@example.com\n" in shown
    assert "Subject: Подтвердите подписку\n" in shown
    assert "\nhttps://school.example/confirm/abc\n" in shown


async def test_nobodys_name_can_steer_the_terminal(make_message: MakeMessage) -> None:
    stream = io.StringIO()
    await ConsoleChannel(stream).send(make_message(subject="\x1b[2J\r\nTo: eve", text="\x1b]0;owned\x07\x9b31m\n"))
    assert not set(stream.getvalue()) & set("\x1b\x07\x9b\r")


async def test_a_terminal_that_knows_no_cyrillic_shows_what_it_can(make_message: MakeMessage) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    await ConsoleChannel(stream).send(make_message())
    stream.seek(0)
    assert "\nhttps://school.example/confirm/abc\n" in stream.read()
