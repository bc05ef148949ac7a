"""The console as a channel: letters are printed, for trying the program without a mail server."""

import sys
from typing import TextIO

from enlist.channels.building import clean, clean_lines
from enlist.domain.delivery import Message


class ConsoleChannel:
    """Prints recipient, subject and text of each message; the HTML part is left out."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to ``stream``; without one to whatever is standard output at the time."""
        self._stream = stream

    async def send(self, message: Message) -> None:
        """Print ``message``. Control characters are left out, so that no name can control the terminal."""
        lines = [
            "─── a letter " + "─" * 67,
            f"To:      {clean(message.recipient)}",
            f"From:    {clean(message.sender_name)} <{clean(message.sender)}>",
            f"Subject: {clean(message.subject)}",
            "",
            clean_lines(message.text).strip("\n"),
            "─" * 80,
            "",
        ]
        stream = self._stream or sys.stdout
        stream.write(_writable("\n".join(lines), stream))
        stream.flush()

    async def close(self) -> None:
        """Do nothing: the stream belongs to others."""


def _writable(text: str, stream: TextIO) -> str:
    # A terminal under LANG=C must not turn a letter into a failure.
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
