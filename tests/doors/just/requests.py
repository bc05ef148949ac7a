"""How the clients of the documents send fields: each encoding makes a query, a body and a content type of them."""

import json
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote, urlencode

import httpx

Sent = tuple[str, bytes, str]
Encoding = Callable[[Mapping[str, str]], Sent]

PREFIX: Final = "/api/user/v1/"
BOUNDARY: Final = "------------------------00fa70eccf6765d1"


def multipart(fields: Mapping[str, str]) -> Sent:
    """As curl, PHP and Go do."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "", ("".join(parts) + f"--{BOUNDARY}--\r\n").encode(), f"multipart/form-data; boundary={BOUNDARY}"


def urlencoded(fields: Mapping[str, str]) -> Sent:
    """As Python does, and all of them for the marks."""
    return "", urlencode(fields).encode(), "application/x-www-form-urlencoded"


def json_object(fields: Mapping[str, str]) -> Sent:
    """As nobody does in the documents, but many expect."""
    return "", json.dumps(fields).encode(), "application/json"


def query(fields: Mapping[str, str]) -> Sent:
    """As the samples of the reading calls do."""
    return urlencode(fields, quote_via=quote), b"", ""


ENCODINGS: Final[Mapping[str, Encoding]] = {
    "multipart": multipart,
    "urlencoded": urlencoded,
    "json": json_object,
    "query": query,
}


async def send(
    client: httpx.AsyncClient, method: str, path: str, fields: Mapping[str, str], encoding: Encoding = urlencoded
) -> httpx.Response:
    """Call ``path`` below the common prefix with ``fields`` in some encoding; no answer is ever a redirect."""
    query_string, body, content_type = encoding(fields)
    answer = await client.request(
        method,
        PREFIX + path + (f"?{query_string}" if query_string else ""),
        content=body,
        headers={"Content-Type": content_type} if content_type else {},
    )
    assert not 300 <= answer.status_code < 400
    assert "location" not in answer.headers
    return answer


async def create(client: httpx.AsyncClient, **fields: str) -> str:
    """Create a profile; return its JUID."""
    answer = await send(client, "POST", "subscription/create/profile", fields)
    assert answer.status_code == 200, answer.text
    return answer.text


def said(answer: httpx.Response) -> tuple[int, str]:
    """Reduce an answer of bare text to its status and words, and see that it is bare text."""
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.content))
    return answer.status_code, answer.text
