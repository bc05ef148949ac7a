"""Every queue is closed at the end, whatever happens to another one."""

from typing import Any

import pytest

from enlist.plan.batches import open_batches
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database
from enlist.runtime.signals import Signals


async def test_a_queue_that_cannot_be_closed_leaves_no_other_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []

    async def close(self: Batch[Any, Any]) -> None:
        if self.name == "orders":
            raise RuntimeError("cannot close")
        closed.append(self.name)

    monkeypatch.setattr(Batch, "close", close)
    with pytest.raises(RuntimeError, match="cannot close"):
        async with open_batches(database, Signals(database)):
            pass
    assert sorted(closed) == ["actions", "clicks", "enrolments", "profiles", "subscriptions"]
