"""Being told to stop by the system: SIGINT (Ctrl-C) and SIGTERM."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM


@contextmanager
def on_stop_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop()`` at each such signal while the body runs, instead of ending the process."""
    loop = asyncio.get_running_loop()
    for signal in (SIGINT, SIGTERM):
        loop.add_signal_handler(signal, stop)
    try:
        yield
    finally:
        for signal in (SIGINT, SIGTERM):
            loop.remove_signal_handler(signal)
