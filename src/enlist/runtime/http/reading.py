"""Reading a request in a plain door: its headers and its bounded body."""

from collections.abc import MutableMapping
from typing import Any

from enlist.runtime.http.asgi import Receive, Scope


class BodyTooLarge(Exception):
    """The request's body is larger than the limit; most of it was not read."""


class ClientGone(Exception):
    """The client hung up before its request was read."""


def header(scope: Scope, name: bytes) -> str:
    """Return the request header called ``name`` (lower case); empty if it was not sent, the last one if repeated."""
    found = b""
    for key, value in scope["headers"]:
        if key == name:
            found = value
    return found.decode("latin-1")


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Read the whole body, at most ``limit`` bytes.

    Raises BodyTooLarge, at once where the length is announced, and ClientGone.
    """
    announced = header(scope, b"content-length")
    if announced.isdigit() and int(announced) > limit:
        raise BodyTooLarge
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise BodyTooLarge
        return body
    return await _read_on(message, receive, limit)


async def _read_on(message: MutableMapping[str, Any], receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise BodyTooLarge
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()
