"""Messages written down as mail."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.channels.building import address, build, clean
from enlist.domain.delivery import Message

if TYPE_CHECKING:
    from tests.channels.conftest import MakeMessage

LONG_LINK = "https://school.example/confirm/" + "abcdefghij" * 30


def read(message: Message) -> EmailMessage:
    parsed = email.message_from_bytes(build(message), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def body(message: Message, kind: str) -> str:
    part = read(message).get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_headers_are_those_that_a_letter_needs(make_message: MakeMessage) -> None:
    mail = read(make_message())
    assert dict(mail.items()) | {"Content-Type": ""} == {
        "From": "Школа <news@school.example>",
        "To": "anna@example.com",
        "Subject": "Подтвердите подписку",
        "Date": "Fri, 02 Jan 2026 03:04:05 +0000",
        "Message-ID": "<0190aaaa-0000-7000-8000-000000000001@school.example>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": "<https://school.example/leave/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
        "Content-Type": "",
    }
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_without_a_way_to_leave_there_are_no_list_headers(make_message: MakeMessage) -> None:
    assert "List-Unsubscribe" not in read(make_message(leave_url=None))
    assert "List-Unsubscribe" not in read(make_message(leave_url="https://x/>\r\nBcc: eve@example.com"))


def test_a_long_link_stays_whole_even_in_the_raw_letter(make_message: MakeMessage) -> None:
    raw = build(make_message(text=f"Hello\n\n{LONG_LINK}\n", leave_url=LONG_LINK))
    assert f"\r\n{LONG_LINK}\r\n".encode() in raw
    assert f"List-Unsubscribe: <{LONG_LINK}>\r\n".encode() in raw


def test_a_long_link_stays_whole_beside_cyrillic_letters(make_message: MakeMessage) -> None:
    assert LONG_LINK in body(make_message(text=f"Привет\n\n{LONG_LINK}\n"), "plain").splitlines()


def test_no_line_is_longer_than_smtp_allows(make_message: MakeMessage) -> None:
    message = make_message(text="x" * 5000, html="<p>" + "ж" * 5000, subject="тема " * 200, sender_name="имя " * 50)
    assert max(len(line) for line in build(message).split(b"\r\n")) <= 998
    assert body(message, "plain").strip() == "x" * 5000


@pytest.mark.parametrize("name", ["Anna", 'The "Best", School (of all)', "Школа «Анны»", "=?utf-8?q?Eve?=", "a" * 300])
def test_a_senders_name_arrives_as_it_is(make_message: MakeMessage, name: str) -> None:
    sender = read(make_message(sender_name=name))["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (name, "news@school.example")


def test_a_sender_needs_no_name(make_message: MakeMessage) -> None:
    assert read(make_message(sender_name=" "))["From"] == "news@school.example"


def test_a_family_joined_by_invisible_characters_stays_together() -> None:
    assert clean("👩‍👩‍👧 и Ко") == "👩‍👩‍👧 и Ко"


@given(name=st.text(max_size=40), subject=st.text(max_size=100), text=st.text(max_size=200))
def test_nothing_that_people_type_can_add_a_header(name: str, subject: str, text: str) -> None:
    nasty = "\r\nBcc: eve@example.com\r\n\r\n"
    message = Message(
        sender="news@school.example",
        sender_name=name + nasty,
        recipient="anna@example.com",
        subject=nasty + subject,
        text=text + nasty,
        html=nasty + text,
        leave_url=None,
        message_id="<1@school.example>",
        written_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    mail = read(message)
    assert "Bcc" not in mail
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["From"].addresses[0].addr_spec == "news@school.example"
    assert mail["Subject"].split() == clean(nasty + subject).split()


def test_domains_are_written_in_ascii() -> None:
    assert address("news@пример.рф") == "news@xn--e1afmkfd.xn--p1ai"
    assert address("news@straße.example") == "news@xn--strae-oqa.example"
    assert address("o'neill+tag@under_score.example") == "o'neill+tag@under_score.example"


@pytest.mark.parametrize(
    "bad", ["a@-.-.рф", "a@ж..рф", "a@", "@b", "", "a@b@", "a,b@c", "a@[::1]", 'x"y@z', "a\u2028@b"]
)
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(ValueError):
        address(bad)
