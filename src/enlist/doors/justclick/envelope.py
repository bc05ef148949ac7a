"""The gate of the protocol: whose account is it, may this address call, is the hash right; and the signed answer."""

from collections.abc import Callable
from typing import Any

import msgspec

from enlist.domain.accounts import Account
from enlist.doors.justclick import codes
from enlist.doors.justclick.codes import Reply
from enlist.kit import addresses, php_form, signing
from enlist.runtime.http import Receive, Scope, header, read_body

MOST_FIELDS = 1000  # as many as PHP takes by default


class Turned(Exception):
    """The gate turns a request away with ``reply``."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


def check_caller(account: Account | None, ip: str, within_limit: Callable[[str], bool]) -> Account:
    """Refuse what can be refused before the body is read, in the order of decision 4: 5, 7, 8, 6. Raises Turned."""
    if account is None:
        raise Turned(codes.UNKNOWN_USER)
    if account.disabled:
        raise Turned(codes.DISABLED)
    if not within_limit(ip):
        raise Turned(codes.TOO_MANY)
    if account.networks and not addresses.allowed(ip, account.networks):
        raise Turned(codes.permission_denied(ip))
    return account


async def read_form(scope: Scope, receive: Receive, account: Account, limit: int) -> php_form.Form:
    """Read the body and check its hash, in the order of decision 4: 3 (unreadable), 2, 1, 4. Raises Turned.

    Also raises what ``http.read_body`` raises.
    """
    body = await read_body(scope, receive, limit) if scope["method"] == "POST" else b""
    if not body:
        raise Turned(codes.NO_DATA)
    content_type = header(scope, b"content-type")
    try:
        if content_type[:10].lower() == "multipart/":
            signed = None
            pairs = php_form.read_multipart(body, content_type, max_fields=MOST_FIELDS, max_field_size=limit)
        else:
            signed = body
            pairs = php_form.split(body, max_fields=MOST_FIELDS)
        form = php_form.Form(pairs)
    except php_form.MalformedForm:
        raise Turned(codes.WRONG_DATA) from None
    if "hash" not in form:
        raise Turned(codes.NO_HASH if pairs else codes.NO_DATA)
    sent = form.text("hash")
    if not signing.request_verifies(body=signed, pairs=pairs, sent=sent, login=account.login, key=account.api_key):
        raise Turned(codes.WRONG_HASH)
    return form


def seal(reply: Reply, key: str) -> bytes:
    """Write the whole signed answer: always all four keys (decision 2)."""
    return msgspec.json.encode(
        _Answer(reply.code, reply.text, signing.response_hash(reply.code, reply.text, key), reply.result)
    )


class _Answer(msgspec.Struct):
    error_code: int
    error_text: str
    hash: str
    result: Any
