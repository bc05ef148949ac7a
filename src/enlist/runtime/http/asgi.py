"""A bridge to a web framework: an app that speaks ASGI, behind a server that does not."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from enlist.runtime.http.answers import Answer, Header
from enlist.runtime.http.requests import App, Arriving, ClientGone, Request, Sink

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


def app_of(asgi: AsgiApp) -> App:
    """Make an app as our server asks it of one that speaks ASGI."""

    async def app(request: Request) -> Answer | None:
        exchange = _Exchange(request)
        await asgi(_scope(request), exchange.receive, exchange.send)
        return exchange.answer

    return app


def request_behind(scope: Any) -> Request:
    """Return the request that an ASGI scope was made of."""
    request: Request = scope["enlist.request"]
    return request


def _scope(request: Request) -> Scope:
    host, port = request.wire.address
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.raw_path.encode("ascii"),
        "query_string": request.query,
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()],
        "client": (request.peer, 0) if request.peer else None,
        "server": (host, port),
        "state": {},
        "extensions": {},
        "enlist.request": request,
    }


class _Exchange:
    """One request and its answer, as messages."""

    def __init__(self, request: Request) -> None:
        self.answer: Answer | None = None
        self._request = request
        self._body: bytes | Arriving | None = request.body
        self._status = 0
        self._headers: tuple[Header, ...] = ()
        self._sink: Sink | None = None

    async def receive(self) -> MutableMapping[str, Any]:
        body = self._body
        if body is None:
            await self._request.wire.wait_until_gone()
            return {"type": "http.disconnect"}
        if isinstance(body, bytes):
            self._body = None
            return {"type": "http.request", "body": body, "more_body": False}
        try:
            part = await body.part()
        except ClientGone:
            return {"type": "http.disconnect"}
        if body.complete:
            self._body = None
        return {"type": "http.request", "body": part, "more_body": not body.complete}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = tuple((bytes(name), bytes(value)) for name, value in message["headers"])
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        try:
            if self._sink is None and not more:
                self.answer = self._whole(body)
                return
            if self._sink is None:
                self._sink = self._request.begin(self._status, *self._ours())
            await self._sink.write(body)
            if not more:
                self._sink.end()
        except ClientGone:
            return

    def _whole(self, body: bytes) -> Answer:
        said = {name.lower(): value for name, value in self._headers}
        length = said.get(b"content-length") if self._request.method == "HEAD" else None
        return Answer(
            self._status,
            body,
            *self._ours(),
            close=said.get(b"connection", b"").lower() == b"close",
            length=int(length) if length else None,
        )

    def _ours(self) -> tuple[Header, ...]:
        """Leave out the headers that the server writes itself."""
        return tuple(pair for pair in self._headers if pair[0].lower() not in _SERVERS)


_SERVERS = frozenset({b"connection", b"content-length", b"transfer-encoding", b"date"})
