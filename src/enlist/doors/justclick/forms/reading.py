"""Reading a form of this protocol, whose groups may stand in the address and in the body."""

from collections.abc import Sequence
from typing import Any

from litestar import Request

from enlist.doors.justclick.fields import GROUPS
from enlist.doors.web.reading import read_posted, read_query
from enlist.kit.php_form import Form, Pair


async def read(request: Request[Any, Any, Any], limit: int) -> Form:
    """Read query and body of a request as one form: the body's field wins, the groups of both are united.

    Raises MalformedForm, BodyTooLarge and ClientGone.
    """
    query = read_query(request)
    body = await read_posted(request, limit) if request.method == "POST" else []
    return Form(merge(query, body) if query and body else query or body)


def merge(query: Sequence[Pair], body: Sequence[Pair]) -> list[Pair]:
    """Append the fields of the body to those of the query, with all groups in one list."""
    names = [*Form(query).texts(GROUPS), *Form(body).texts(GROUPS)]
    rest = [(key, value) for key, value in (*query, *body) if not _names_a_group(key)]
    return [*((f"{GROUPS}[{place}]", name) for place, name in enumerate(names)), *rest]


def _names_a_group(key: str) -> bool:
    return key == GROUPS or key.startswith(GROUPS + "[")
