"""Reading the fields of a call, in whichever encoding and place the client chose (README.md, "Fields")."""

from collections.abc import Sequence
from typing import Final

from enlist.kit import loose_json, php_form
from enlist.kit.php_form import Form, MalformedForm, Pair
from enlist.runtime.http import Request

MOST_FIELDS: Final = 1000  # as many as PHP takes by default
_BODILESS: Final = frozenset({"GET", "HEAD"})


class Fields:
    """The fields of a call: of a name in the query the last one, else of that name in the body the last one."""

    __slots__ = ("_body", "_query", "_sent", "unreadable", "whole")

    def __init__(
        self,
        query: Sequence[Pair] = (),
        body: Sequence[Pair] = (),
        whole: dict[str, loose_json.Value] | None = None,
        unreadable: str = "",
    ) -> None:
        """Unite ``query`` and form ``body``; ``whole`` is a JSON body, ``unreadable`` says what could not be read."""
        self._query = query
        self._body = body
        self._sent = dict(body)
        if whole is not None:
            self._sent.update((name, text) for name, value in whole.items() if (text := _plain(value)) is not None)
        self._sent.update(query)
        self.whole = whole
        self.unreadable = unreadable

    def text(self, name: str) -> str:
        """Return a field without the quotes and blanks round it; empty if it was not sent."""
        sent = self._sent.get(name)
        return _bare(sent) if sent else ""

    def mark(self, name: str) -> str | None:
        """Return a field as ``text`` does, but None if it was not sent."""
        return self.text(name) if name in self._sent else None

    def exact(self, name: str) -> str | None:
        """Return a field as it was sent, quotes included; None if it was not."""
        return self._sent.get(name)

    def nested(self, name: str) -> dict[str, str]:
        """Return the fields ``name[this]``, ``name[that]`` by what stands in the brackets."""
        found = Form(self._body).mapping(name) | Form(self._query).mapping(name)
        return {key: _bare(value) for key, value in found.items()}


async def read_fields(request: Request, limit: int) -> Fields:
    """Read the query, and the body of every request but a GET.

    What cannot be read has no fields, and each call says in its own words what it misses. Raises what
    ``Request.read`` raises.
    """
    query: Sequence[Pair] = ()
    unreadable = ""
    if request.query:
        try:
            query = php_form.split(request.query, max_fields=MOST_FIELDS)
        except MalformedForm as reason:
            unreadable = f"the query {reason}"
    if request.method in _BODILESS:
        return Fields(query, unreadable=unreadable)
    body = await request.read(limit)
    if not body:
        return Fields(query, unreadable=unreadable)
    try:
        pairs, whole = read_form(body, request.header("content-type"), limit)
    except MalformedForm as reason:
        return Fields(query, unreadable=f"the body {reason}")
    return Fields(query, pairs, whole, unreadable)


def read_form(body: bytes, content_type: str, limit: int) -> tuple[Sequence[Pair], dict[str, loose_json.Value] | None]:
    """Read a body: its pairs, or the JSON object that it is. Raises MalformedForm.

    A body that is an object is taken for one whatever its type says: no urlencoded form begins with a brace.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):
        return php_form.read_multipart(body, content_type, max_fields=MOST_FIELDS, max_field_size=limit), None
    is_json = kind.endswith(("/json", "+json"))
    if is_json or body.lstrip()[:1] == b"{":
        whole = _read_object(body)
        if whole is not None:
            return (), whole
        if is_json:
            raise MalformedForm("is no JSON object")
    return php_form.split(body, max_fields=MOST_FIELDS), None


def _read_object(body: bytes) -> dict[str, loose_json.Value] | None:
    try:
        return loose_json.read_object(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None


def _plain(value: loose_json.Value) -> str | None:
    """Write a JSON value as a form would send it; a list of plain values as the texts divided by commas."""
    if not isinstance(value, list):
        return loose_json.scalar(value)
    texts = [loose_json.scalar(item) for item in value]
    return ",".join(text for text in texts if text is not None)


def _bare(sent: str) -> str:
    """Take off one pair of double quotes, which old versions of curl send along, then the blanks."""
    if len(sent) >= 2 and sent[0] == '"' == sent[-1]:
        sent = sent[1:-1]
    return sent.strip()
