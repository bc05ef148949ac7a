"""What a request and its answer look like to an app: ASGI, and one message of our own for whole answers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# A message of our own, for a ``send`` that has ``takes_whole``: head and body in one
# (docs/decisions/0002-the-head-of-an-answer-waits-for-its-body.md).
WHOLE: Final = "enlist.whole"
JSON: Final = b"application/json; charset=utf-8"
TEXT: Final = b"text/plain; charset=utf-8"
