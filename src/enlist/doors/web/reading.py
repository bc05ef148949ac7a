"""Reading what a form sent, wherever its fields stand: in the address, in the body, or in both."""

from collections.abc import Iterable
from typing import Any, Final

from litestar import HttpMethod, Request

from enlist.kit import php_form
from enlist.kit.php_form import Form, Pair
from enlist.runtime.http.asgi import request_behind

MOST_FIELDS: Final = 1000  # as many as PHP takes by default
GET: Final = [HttpMethod.GET, HttpMethod.HEAD]


async def read(request: Request[Any, Any, Any], limit: int) -> Form:
    """Read query and body of a request as one form: the body's field wins.

    Raises MalformedForm, BodyTooLarge and ClientGone.
    """
    query = read_query(request)
    body = await read_posted(request, limit) if request.method == "POST" else []
    return Form([*query, *body])


def read_query(request: Request[Any, Any, Any]) -> list[Pair]:
    """Read the fields in a request's address. Raises MalformedForm."""
    return php_form.split(request.scope["query_string"], max_fields=MOST_FIELDS)


async def read_posted(request: Request[Any, Any, Any], limit: int) -> list[Pair]:
    """Read the fields in a request's body. Raises MalformedForm, BodyTooLarge and ClientGone."""
    body = await request_behind(request.scope).read(limit)
    content_type = request.headers.get("content-type", "")
    if content_type[:10].lower() == "multipart/":
        return php_form.read_multipart(body, content_type, max_fields=MOST_FIELDS, max_field_size=limit)
    return php_form.split(body, max_fields=MOST_FIELDS)


def without(pairs: Iterable[Pair], names: Iterable[str]) -> list[Pair]:
    """Return the fields that are not called any of ``names``."""
    left_out = set(names)
    return [pair for pair in pairs if pair[0] not in left_out]
