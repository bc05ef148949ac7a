"""How the clients of the documents send fields: each encoding makes a query, a body and a content type of them."""

import json
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote, urlencode

Sent = tuple[str, bytes, str]
Encoding = Callable[[Mapping[str, str]], Sent]

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
