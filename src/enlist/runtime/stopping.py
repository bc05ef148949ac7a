"""Being told to stop by the system: SIGINT (Ctrl-C) and SIGTERM."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM


@contextmanager
def on_stop_signals(stop: Callable[[], None], hurry: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Call ``stop()`` at the first such signal while the body runs, ``hurry()`` at each further one."""
    loop = asyncio.get_running_loop()
    told = False

    def tell() -> None:
        nonlocal told
        (hurry if told else stop)()
        told = True

    for signal in (SIGINT, SIGTERM):
        loop.add_signal_handler(signal, tell)
    try:
        yield
    finally:
        for signal in (SIGINT, SIGTERM):
            loop.remove_signal_handler(signal)
