"""The gate of the protocol: whose account is it, may this address call, is the hash or key right; the signed answer."""

import hmac
from collections.abc import Callable
from typing import Any, Final

import msgspec

from enlist.domain.accounts import Account
from enlist.doors.justclick import signing
from enlist.doors.justclick.api import codes
from enlist.doors.justclick.api.calls import EITHER, FIRST, SECOND
from enlist.doors.justclick.api.codes import Reply
from enlist.kit import addresses, php_form
from enlist.runtime.http import Request

MOST_FIELDS = 1000  # as many as PHP takes by default
# As samples, and as texts, spell it (wire.md §3).
RPS_KEY: Final = "rpsKey"
OTHER_RPS_KEY: Final = "rps_key"


class Turned(Exception):
    """The gate turns a request away with ``reply``."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


def check_caller(account: Account | None, ip: str, within_limit: Callable[[str], bool]) -> Account:
    """Refuse what can be refused before the body is read, in the order of readings.md#4: 5, 7, 8, 6. Raises Turned."""
    if account is None:
        raise Turned(codes.UNKNOWN_USER)
    if account.disabled:
        raise Turned(codes.DISABLED)
    if not within_limit(ip):
        raise Turned(codes.TOO_MANY)
    if account.networks and not addresses.allowed(ip, account.networks):
        raise Turned(codes.permission_denied(ip))
    return account


async def read_form(request: Request, account: Account, limit: int) -> tuple[php_form.Form, frozenset[int]]:
    """Read the body and check its key or hash, in the order of readings.md#4: 3 (unreadable), 2, 1, 4. Raises Turned.

    Return the form and the generations (see ``calls``) for which it is proved. Also raises what ``Request.read``
    raises.
    """
    body = await request.read(limit) if request.method == "POST" else b""
    if not body:
        raise Turned(codes.NO_DATA)
    content_type = request.header("content-type")
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
    return form, _proved(form, signed, account)


def _proved(form: php_form.Form, signed: bytes | None, account: Account) -> frozenset[int]:
    """Tell for which generations the call is proved (wire.md §1.1). Raises Turned with 2, 1, 4."""
    hashed = "hash" in form and signing.request_verifies(
        body=signed, pairs=form.pairs, sent=form.text("hash"), login=account.login, key=account.api_key
    )
    if RPS_KEY not in form and OTHER_RPS_KEY not in form:
        if hashed:
            return FIRST
        if "hash" not in form:
            raise Turned(codes.NO_HASH if form.pairs else codes.NO_DATA)
        raise Turned(codes.WRONG_HASH)
    keyed = any(_is_key(form.text(name), account.api_key) for name in (RPS_KEY, OTHER_RPS_KEY) if name in form)
    if not keyed and not hashed:
        raise Turned(codes.WRONG_HASH)
    return EITHER if keyed and hashed else SECOND if keyed else FIRST


def _is_key(sent: str, key: str) -> bool:
    """Tell whether ``sent`` is the account's key; a sample has a space before it (wire.md §3)."""
    wanted = key.encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(text.encode("utf-8", "surrogatepass"), wanted) for text in (sent, sent.strip()))


def seal(reply: Reply, key: str) -> bytes:
    """Write the whole signed answer: always all four keys (readings.md#2)."""
    return msgspec.json.encode(
        _Answer(reply.code, reply.text, signing.response_hash(reply.code, reply.text, key), reply.result)
    )


class _Answer(msgspec.Struct):
    error_code: int
    error_text: str
    hash: str
    result: Any
