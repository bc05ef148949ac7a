"""The block of ids of an installation, so that accounts can move between installations with all their ids.

Each installation that belongs to a group of them (a cell) counts in a block of its own of 2^40 ids; all stay below
2^53, which every client can keep in a number. Numbers that are counted per account need no block: the account's id
stands before them (docs/decisions/0015-a-number-is-the-second-part-of-the-key.md).
"""

from typing import Final

import asyncpg

SIZE: Final = 2**40
CELLS: Final = 2**13

_BELOW: Final = """
SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences
WHERE schemaname = 'public' AND sequencename NOT LIKE 'procrastinate%' AND coalesce(last_value, 0) < $1
"""


async def begin_block(dsn: str, cell: int) -> int:
    """Let all ids that are given out from now on lie in the block of ``cell``; return how many sequences were moved.

    Cell 0 has the first block, where every installation begins. Ids that were given out stay as they are.
    """
    if not 0 <= cell < CELLS:
        raise ValueError(f"a cell is a number from 0 to {CELLS - 1}")
    if cell == 0:
        return 0
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        async with connection.transaction():
            below = [row[0] for row in await connection.fetch(_BELOW, cell * SIZE)]
            for sequence in below:
                await connection.execute("SELECT setval($1::text::regclass, $2)", sequence, cell * SIZE)
    finally:
        await connection.close()
    return len(below)
