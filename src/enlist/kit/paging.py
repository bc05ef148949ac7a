"""Lists page by page: bounded, in the order of a key, going on after an opaque cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Protocol, TypeVar

import msgspec

from enlist.kit.errors import Refusal

T = TypeVar("T")
Key = TypeVar("Key")

MOST: Final = 1000
# For protocols that answer with a whole list at once; no account has come near it.
CEILING: Final = 100_000


class BadCursor(Refusal):
    """The cursor does not belong to this list (field ``cursor``, shortened)."""

    code = "bad_cursor"
    sentence = "This list has no place {cursor}; list it from the beginning."


class Page(list[T]):
    """Some items of a list; ``after`` is the cursor with which the next page is asked for, empty after the last one."""

    def __init__(self, items: Iterable[T], after: str = "") -> None:
        super().__init__(items)
        self.after = after


class Listing(Protocol[T]):
    """A question for one page of a list."""

    def __call__(self, *, after: str, limit: int) -> Awaitable[Page[T]]:
        """Ask for at most ``limit`` items after the cursor ``after``."""
        ...


def bounded(limit: int) -> int:
    """Return how many items a page has whose caller asks for ``limit``: 1 to MOST."""
    return max(1, min(limit, MOST))


def cut(items: list[T], limit: int, key: Callable[[T], object]) -> Page[T]:
    """Make the page of ``limit`` items from one item more than that, if there are so many; ``key`` orders them."""
    limit = bounded(limit)
    return Page(items[:limit], write_cursor(key(items[limit - 1])) if len(items) > limit else "")


def write_cursor(key: object) -> str:
    """Write the key of the last item that was shown (a number, a text, or a tuple of these)."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read_cursor(after: str, first: Key) -> Key:
    """Read a cursor as a key of the same type as ``first``, the one before all others, which an empty one means.

    Refuses with BadCursor.
    """
    if not after:
        return first
    kinds: Any = tuple[tuple(type(part) for part in first)] if isinstance(first, tuple) else type(first)  # type: ignore[misc]
    try:
        key: Key = msgspec.json.decode(urlsafe_b64decode(after + "=" * (-len(after) % 4)), type=kinds)
    except (ValueError, msgspec.MsgspecError):
        raise BadCursor(cursor=after[:100]) from None
    if isinstance(key, int) and not 0 <= key < 2**63:
        raise BadCursor(cursor=after[:100])
    return key


async def collect(ask: Listing[T], ceiling: int = CEILING) -> list[T]:
    """Return a whole list, read page by page; at most ``ceiling`` items of it."""
    found: list[T] = []
    after = ""
    while True:
        page = await ask(after=after, limit=min(MOST, ceiling - len(found)))
        found += page
        after = page.after
        if not after or len(found) >= ceiling:
            return found
