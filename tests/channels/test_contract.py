"""What every channel keeps to, the shipped fake included."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from enlist.channels.console import ConsoleChannel
from enlist.channels.recorder import RecorderChannel
from enlist.channels.smtp import SmtpChannel
from enlist.domain.delivery import ChannelAway, DeliveryFailed
from enlist.domain.delivery.model import Channel

if TYPE_CHECKING:
    from tests.channels.conftest import MailServer, MakeMessage

Refuse = Callable[[str, bool, bool], None]


@dataclass
class Side:
    """A channel and what can be seen and done on its other side: (recipient, subject, text) of all that arrived."""

    channel: Channel
    arrived: Callable[[], list[tuple[str, str, str]]]
    refuse: Refuse | None = None
    vanish: Callable[[], Awaitable[None]] | None = None


def recorder() -> Side:
    channel = RecorderChannel()

    async def vanish() -> None:
        channel.go_away()

    return Side(
        channel,
        lambda: [(message.recipient, message.subject, message.text) for message in channel.messages],
        lambda recipient, permanent, theirs: channel.fail(recipient, permanent=permanent, recipient_refused=theirs),
        vanish,
    )


def console() -> Side:
    stream = io.StringIO()
    printed = re.compile(r"To:      (.*)\nFrom: .*\nSubject: (.*)\n\n((?s:.*?))\n─{80}\n")
    return Side(ConsoleChannel(stream), lambda: printed.findall(stream.getvalue()))


def smtp(server: MailServer) -> Side:
    def refuse(recipient: str, permanent: bool, theirs: bool) -> None:
        server.answers[recipient] = "450 later" if not permanent else "550 5.1.1 nobody" if theirs else "550 5.7.1 no"

    return Side(
        SmtpChannel(f"smtp://127.0.0.1:{server.port}"),
        lambda: [(letter.recipient, str(letter.mail["Subject"]), letter.text) for letter in server.received],
        refuse,
        server.stop,
    )


@pytest.fixture
async def side(request: pytest.FixtureRequest, server: MailServer) -> AsyncIterator[Side]:
    made = smtp(server) if request.param == "smtp" else recorder() if request.param == "recorder" else console()
    yield made
    await made.channel.close()
    await asyncio.sleep(0.02)


every_channel = pytest.mark.parametrize("side", ["recorder", "console", "smtp"], indirect=True)
channels_that_can_fail = pytest.mark.parametrize("side", ["recorder", "smtp"], indirect=True)


@every_channel
async def test_what_was_sent_has_arrived_when_send_returns(side: Side, make_message: MakeMessage) -> None:
    await side.channel.send(make_message())
    ((recipient, subject, text),) = side.arrived()
    assert (recipient, subject) == ("anna@example.com", "Подтвердите подписку")
    assert "https://school.example/confirm/abc" in text.splitlines()


@every_channel
async def test_many_messages_may_be_sent_at_once(side: Side, make_message: MakeMessage) -> None:
    people = {f"person{number}@example.com" for number in range(30)}
    await asyncio.gather(*[side.channel.send(make_message(recipient=person)) for person in people])
    assert {recipient for recipient, _, _ in side.arrived()} == people


@every_channel
async def test_a_channel_may_be_closed_without_having_been_used(side: Side) -> None:
    await side.channel.close()


@channels_that_can_fail
@pytest.mark.parametrize(("permanent", "theirs"), [(True, True), (True, False), (False, False)])
async def test_a_refusal_says_whether_it_is_for_good_and_whose_fault_it_is(
    side: Side, make_message: MakeMessage, permanent: bool, theirs: bool
) -> None:
    assert side.refuse is not None
    side.refuse("bert@example.com", permanent, theirs)
    with pytest.raises(DeliveryFailed) as caught:
        await side.channel.send(make_message(recipient="bert@example.com"))
    assert (caught.value.permanent, caught.value.recipient_refused) == (permanent, theirs)
    assert caught.value.reason
    assert not isinstance(caught.value, ChannelAway)
    await side.channel.send(make_message())
    assert [recipient for recipient, _, _ in side.arrived()] == ["anna@example.com"]


@channels_that_can_fail
async def test_being_away_is_said_as_such(side: Side, make_message: MakeMessage) -> None:
    assert side.vanish is not None
    await side.vanish()
    with pytest.raises(ChannelAway) as caught:
        await side.channel.send(make_message())
    assert not caught.value.permanent


@channels_that_can_fail
@pytest.mark.parametrize("recipient", ["anna", "anna@", "a b@example.com", "a@b>\r\nDATA", "a@exa\x00mple.com", ""])
async def test_an_address_that_mail_cannot_go_to_is_refused_for_good(
    side: Side, make_message: MakeMessage, recipient: str
) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        await side.channel.send(make_message(recipient=recipient))
    assert (caught.value.permanent, caught.value.recipient_refused) == (True, True)
