"""Requests to web addresses that other people chose: never into private networks, never for long, never too much."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

import msgspec

from enlist import __version__
from enlist.kit.addresses import Network

# httpx takes 5 MB: it is imported once something is sent.
if TYPE_CHECKING:
    import httpx

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]

LONGEST_URL: Final = 8192
MOST_ADDRESSES: Final = 4  # of one host are tried

_PORTS: Final = {"http": 80, "https": 443}
# Below lie the ports of mail, telephony and the like, whose servers could take a request for words of theirs.
_FIRST_FREE_PORT: Final = 1024
# Where the public part of IPv6 lies, and what carries an IPv4 address inside it (6to4).
_PUBLIC_6: Final = IPv6Network("2000::/3")
_SIX_TO_FOUR: Final = IPv6Network("2002::/16")


class Forbidden(Exception):
    """This address is never called: it is not a web address, or leads into a private network. Do not retry."""


class NoAnswer(Exception):
    """No complete answer: unknown name, refused connection, or too slow. A retry may succeed."""


class Answer(msgspec.Struct, frozen=True):
    """What came back: the status, and the first bytes of the body (a longer one is cut off)."""

    status: int
    body: bytes

    @property
    def taken(self) -> bool:
        """Whether the other side says that it took the request: any status from 200 to 299."""
        return 200 <= self.status < 300


class Outbound:
    """An HTTP client for addresses that are not ours.

    Names are resolved here, all addresses of a name are checked, and the connection goes to a checked one, so that a
    name which changes its meaning meanwhile gains nothing. Redirects are answers like any other and not followed; no
    cookies, no proxies from the environment, no connection is kept.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        patience: timedelta = timedelta(seconds=10),
        most: int = 64 * 1024,
        resolve: Resolver | None = None,
    ) -> None:
        """Call public addresses, and those private ones that lie in ``allowed`` networks.

        ``patience`` is how long a request may take from its first step to the last byte, ``most`` how many bytes of an
        answer's body are read.
        """
        self._allowed = allowed
        self._patience = patience.total_seconds()
        self._most = most
        self._resolve = resolve or _resolve

    async def get(self, url: str) -> Answer:
        """Ask for ``url`` (http or https). Raises Forbidden and NoAnswer."""
        return await self.send("GET", url)

    async def send(self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request with ``body`` and ``headers`` (Host and length are added). Raises Forbidden and NoAnswer."""
        parts, host, port = _read(url)
        try:
            async with asyncio.timeout(self._patience):
                addresses = self._checked(host, await self._addresses(host, port))
                return await self._try_each(addresses, method, parts, host, port, body, headers or {})
        except TimeoutError:
            raise NoAnswer(f"took longer than {self._patience:g} seconds") from None

    async def close(self) -> None:
        """Give up what is under way."""
        if "_client" in self.__dict__:
            await self._client.aclose()

    @cached_property
    def _client(self) -> "httpx.AsyncClient":
        import httpx

        # A kept connection was checked for one name and could be taken for another one at the same address.
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=0)
        return httpx.AsyncClient(limits=limits, trust_env=False, follow_redirects=False, timeout=None)  # noqa: S113

    async def _addresses(self, host: str, port: int) -> Sequence[Address]:
        try:
            return [ip_address(host)]
        except ValueError:
            return await self._resolve(host, port)

    def _checked(self, host: str, addresses: Sequence[Address]) -> Sequence[Address]:
        """Return the addresses if all may be called: any private address among them rejects the whole name."""
        for address in addresses:
            if not is_public(address) and not any(_plain(address) in network for network in self._allowed):
                raise Forbidden(f"{host} leads into a private network")
        return addresses[:MOST_ADDRESSES]

    async def _try_each(
        self,
        addresses: Sequence[Address],
        method: str,
        parts: SplitResult,
        host: str,
        port: int,
        body: bytes,
        headers: Mapping[str, str],
    ) -> Answer:
        import httpx

        reason = "the name has no address"
        for address in addresses:
            at = f"[{address}]:{port}" if isinstance(address, IPv6Address) else f"{address}:{port}"
            request = self._client.build_request(
                method,
                urlunsplit((parts.scheme, at, parts.path or "/", parts.query, "")),
                content=body,
                headers={
                    **headers,
                    "Host": parts.netloc,
                    "User-Agent": f"enlist/{__version__}",
                    "Accept-Encoding": "identity",
                    "Connection": "close",
                },
                extensions={"sni_hostname": host},  # whose certificate is asked for and checked
            )
            try:
                return await self._exchange(request)
            except httpx.ConnectError as failure:
                reason = str(failure)
            except httpx.HTTPError as failure:
                raise NoAnswer(_said(failure)) from None
        raise NoAnswer(f"no connection: {reason}")

    async def _exchange(self, request: "httpx.Request") -> Answer:
        answer = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) >= self._most:
                    break
            return Answer(answer.status_code, bytes(body[: self._most]))
        finally:
            await answer.aclose()


def is_public(address: Address) -> bool:
    """Tell whether ``address`` belongs to the public internet: nobody's own network, loopback, link, group or past."""
    address = _plain(address)
    if isinstance(address, IPv6Address) and (address not in _PUBLIC_6 or address in _SIX_TO_FOUR):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _plain(address: Address) -> Address:
    """Return an IPv4-mapped IPv6 address as IPv4, any other one unchanged."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _read(url: str) -> tuple[SplitResult, str, int]:
    """Split a URL into its parts, its host and its port. Raises Forbidden."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise Forbidden("is no web address") from None
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Forbidden("is no web address")
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        raise Forbidden("is no web address")
    if port not in _PORTS.values() and port < _FIRST_FREE_PORT:
        raise Forbidden(f"port {port} is no port of a web server")
    return parts, host, port


async def _resolve(host: str, port: int) -> Sequence[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as reason:
        raise NoAnswer(f"the name {host} is not found ({reason})") from None
    # A scope such as fe80::1%eth0 says through which door one leaves, not where to.
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def _said(failure: "httpx.HTTPError") -> str:
    return str(failure) or type(failure).__name__
