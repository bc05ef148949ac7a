"""Having claimed letters written by those who know them; a letter that cannot be written harms only itself."""

import logging
from collections.abc import Mapping, Sequence

from enlist.domain.delivery.model import Composer, Content, QueuedLetter
from enlist.runtime.db import DatabaseAway, Tx

_log = logging.getLogger(__name__)

Written = Content | None | Exception


async def compose(
    tx: Tx, composers: Mapping[str, Composer], letters: Sequence[QueuedLetter]
) -> list[tuple[QueuedLetter, Written]]:
    """Pair each letter with its content, with None if it has become obsolete, or with what its composer raised."""
    kinds: dict[str, list[QueuedLetter]] = {}
    for letter in letters:
        kinds.setdefault(letter.kind, []).append(letter)
    written: list[tuple[QueuedLetter, Written]] = []
    for kind, alike in kinds.items():
        if composer := composers.get(kind):
            written += await _write(tx, composer, alike)
        else:
            # Perhaps a newer worker knows it; it is tried again like any other failure.
            written += [(letter, LookupError(f"nobody composes letters of kind {kind}")) for letter in alike]
    return written


async def _write(tx: Tx, composer: Composer, letters: Sequence[QueuedLetter]) -> list[tuple[QueuedLetter, Written]]:
    try:
        async with tx.savepoint():
            return list(zip(letters, await composer(tx, letters), strict=True))
    except DatabaseAway:
        raise
    except Exception as reason:
        if len(letters) == 1:
            _log.warning("letter %s cannot be composed", letters[0].id, exc_info=reason)
            return [(letters[0], reason)]
        return [pair for letter in letters for pair in await _write(tx, composer, [letter])]
