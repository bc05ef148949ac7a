"""The settings of the HTTP server."""

import ipaddress
from dataclasses import dataclass

from enlist.runtime.settings import networks, setting, text, whole


# ruff: noqa: S104 - the defaults are field descriptions, and an example may name all interfaces
@dataclass(frozen=True, kw_only=True)
class HttpSettings:
    """Where the server listens, whose word it takes for an address, how much it reads."""

    host: str = setting(text, "127.0.0.1", "address to listen on", "0.0.0.0")
    port: int = setting(whole(0, 65535), "8080", "port to listen on; 0 takes a free one", "8080")
    processes: int = setting(
        whole(0, 256), "1", "processes that serve the port together; 0 means one for each core", "4"
    )
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = setting(
        networks, "", "networks whose `X-Forwarded-For` is believed, divided by commas", "10.0.0.0/8,127.0.0.1/32"
    )
    body_limit: int = setting(whole(1024, 64 * 1024 * 1024), "1048576", "largest request body, in bytes", "1048576")
