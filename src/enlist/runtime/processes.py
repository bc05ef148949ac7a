"""Several processes that do one work: started, watched and begun again by a parent, told to stop together."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from socket import socket, socketpair
from time import monotonic
from typing import Final

import msgspec

from enlist.runtime.figures import add_up

_log = logging.getLogger(__name__)

_LONGEST_LINE: Final = 16 * 1024 * 1024
# How often a process tells its figures unasked, so that little is lost when it is killed.
_TELL_EVERY: Final = 5.0
_ANSWER_WITHIN: Final = 2.0


class ProcessesFailed(Exception):
    """A process ended again and again soon after its start; the log says why."""


class Message(msgspec.Struct, frozen=True):
    """What parent and child say to each other, one line each: ``word`` is ready, figures, ask or sum."""

    word: str
    text: str = ""


class Processes:
    """Runs a command in several processes, each with sockets of its own, which it listens on, and a link to us.

    The sockets stay open here: what waits in them when a process ends is answered by the one that takes its place.
    """

    def __init__(
        self,
        command: Sequence[str],
        sockets: Sequence[Sequence[socket]],
        *,
        pause: float = 1.0,
        soon: float = 60.0,
        most_failures: int = 5,
        patience: float = 30.0,
    ) -> None:
        """Run ``command`` once for each set of ``sockets``, with ``--place``, ``--link`` and ``--sockets`` added.

        One that ends is begun again after a ``pause`` in seconds, longer each time; after ``most_failures`` ends in a
        row, each less than ``soon`` seconds after its start, all are stopped. They may take ``patience`` to stop.
        """
        self._command = command
        self._sockets = sockets
        self._pause = pause
        self._soon = soon
        self._most_failures = most_failures
        self._patience = patience
        self._stopping = asyncio.Event()
        self._children: dict[int, _Child] = {}
        self._gone = ""

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until ``stop``; call ``ready()`` once each process has said that it is. Raises ProcessesFailed."""
        places = range(len(self._sockets))
        all_ready = [asyncio.Event() for _ in places]
        keeping = [asyncio.create_task(self._keep(place, all_ready[place])) for place in places]
        telling = asyncio.create_task(self._tell_when(all_ready, ready))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([*keeping, stopping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._stopping.set()
            telling.cancel()
            results = await asyncio.gather(*keeping, return_exceptions=True)
            for taken in self._sockets:
                for one in taken:
                    one.close()
        for result in results:
            if isinstance(result, BaseException):
                raise result

    def stop(self) -> None:
        """Let every process finish what is under way, and end."""
        self._stopping.set()

    def hurry(self) -> None:
        """End every process at once."""
        for child in self._children.values():
            child.kill()

    async def _tell_when(self, all_ready: Sequence[asyncio.Event], ready: Callable[[], None]) -> None:
        for event in all_ready:
            await event.wait()
        ready()

    async def _keep(self, place: int, ready: asyncio.Event) -> None:
        failures = 0
        while not self._stopping.is_set():
            begun = monotonic()
            code = await self._run_once(place, ready)
            if self._stopping.is_set():
                return
            failures = failures + 1 if monotonic() - begun < self._soon else 1
            if failures >= self._most_failures:
                raise ProcessesFailed(
                    f"process {place} of the server ended {failures} times soon after its start (code {code}); "
                    "the log above says why"
                )
            pause = self._pause * 2 ** (failures - 1)
            _log.error("process %s ended with code %s; it is begun again in %g s", place, code, pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _run_once(self, place: int, ready: asyncio.Event) -> int:
        """Run a process to its end; return its code."""
        ours, theirs = socketpair()
        files = [taken.fileno() for taken in self._sockets[place]]
        options = ["--place", str(place), "--link", str(theirs.fileno()), "--sockets", ",".join(map(str, files))]
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *options,
            pass_fds=[theirs.fileno(), *files],
            start_new_session=True,  # Ctrl-C is for us to hear, and to pass on
        )
        theirs.close()
        child = _Child(process, *await asyncio.open_unix_connection(sock=ours, limit=_LONGEST_LINE))
        self._children[place] = child
        listening = asyncio.create_task(self._listen(child, ready))
        stopping = asyncio.create_task(self._stopping.wait())
        ended = asyncio.create_task(process.wait())
        try:
            await asyncio.wait([ended, stopping], return_when=asyncio.FIRST_COMPLETED)
            child.writer.close()  # which tells it to stop
            try:
                return await asyncio.wait_for(ended, self._patience)
            except TimeoutError:
                _log.error("process %s did not stop in time; it is killed", place)
                child.kill()
                return await process.wait()
        finally:
            del self._children[place]
            stopping.cancel()
            listening.cancel()
            self._gone = add_up([self._gone, child.figures])

    async def _listen(self, child: "_Child", ready: asyncio.Event) -> None:
        async for message in _messages(child.reader):
            if message.word == "ready":
                ready.set()
            elif message.word == "figures":
                child.take(message.text)
            elif message.word == "ask":
                child.answering = asyncio.create_task(self._answer(child))

    async def _answer(self, asker: "_Child") -> None:
        """Tell a process the figures of all of them."""
        children = list(self._children.values())
        await asyncio.gather(*(child.ask() for child in children))
        asker.say("sum", add_up([child.figures for child in children], gone=self._gone))


class _Child:
    """A process as its parent sees it."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.figures = ""
        self.answering: asyncio.Task[None] | None = None
        self._process = process
        self._told = asyncio.Event()

    def say(self, word: str, text: str = "") -> None:
        if not self.writer.is_closing():
            self.writer.write(msgspec.json.encode(Message(word, text)) + b"\n")

    def take(self, figures: str) -> None:
        self.figures = figures
        self._told.set()

    async def ask(self) -> None:
        """Wait for its present figures; those of some seconds ago do where it does not answer."""
        self._told.clear()
        self.say("figures")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._told.wait(), _ANSWER_WITHIN)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()


class Link:
    """A process' link to the parent that runs it together with others."""

    def __init__(self, render: Callable[[], bytes]) -> None:
        """Tell figures as ``render`` does."""
        self._render = render
        self._writer: asyncio.StreamWriter
        self._sum: asyncio.Future[str] | None = None
        self._stop: Callable[[], None] | None = None
        self._ended = False
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, file: int) -> None:
        """Use the open file that the parent gave us."""
        reader, self._writer = await asyncio.open_unix_connection(sock=socket(fileno=file), limit=_LONGEST_LINE)
        self._tasks = [asyncio.create_task(self._listen(reader)), asyncio.create_task(self._tell_now_and_then())]

    async def close(self) -> None:
        """Say the last figures, and give the link up."""
        for task in self._tasks:
            task.cancel()
        with suppress(OSError):
            self._say("figures", self._render().decode())
            await self._writer.drain()
        self._writer.close()

    def ready(self) -> None:
        """Tell the parent that we answer."""
        self._say("ready")

    def on_stop(self, stop: Callable[[], None]) -> None:
        """Call ``stop()`` once the parent wants us to end, or is gone."""
        self._stop = stop
        if self._ended:
            stop()

    async def figures(self) -> bytes:
        """Return the figures of all processes; our own where the parent does not answer."""
        if self._sum is None:
            self._sum = asyncio.get_running_loop().create_future()
            self._say("ask")
        try:
            async with asyncio.timeout(2 * _ANSWER_WITHIN):
                return (await asyncio.shield(self._sum)).encode()
        except TimeoutError:
            self._sum = None
            return self._render()

    def _say(self, word: str, text: str = "") -> None:
        if not self._writer.is_closing():
            self._writer.write(msgspec.json.encode(Message(word, text)) + b"\n")

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        async for message in _messages(reader):
            if message.word == "figures":
                self._say("figures", self._render().decode())
            elif message.word == "sum" and self._sum is not None:
                asked, self._sum = self._sum, None
                if not asked.done():
                    asked.set_result(message.text)
        self._ended = True
        if self._stop is not None:
            self._stop()

    async def _tell_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_TELL_EVERY)
            self._say("figures", self._render().decode())


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[Message]:
    """Yield what comes over a link, until it ends."""
    decoder = msgspec.json.Decoder(Message)
    while True:
        try:
            line = await reader.readline()
        except OSError:
            return
        if not line:
            return
        yield decoder.decode(line)


def this_program(*words: str) -> list[str]:
    """Write the command that runs this program with ``words``."""
    return [sys.executable, "-m", "enlist.cli", *words]
