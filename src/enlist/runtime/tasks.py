"""Long-running tasks of one process: kept running whatever happens, stopped together."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

_log = logging.getLogger(__name__)


@asynccontextmanager
async def running(tasks: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Run ``tasks`` by name while the body runs; one that fails is begun again after a moment."""
    started = [asyncio.create_task(_keep_running(name, task), name=name) for name, task in tasks.items()]
    try:
        yield
    finally:
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)


async def _keep_running(name: str, task: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await task()
        except Exception:
            _log.exception("%s failed; beginning again", name)
        await asyncio.sleep(1)
