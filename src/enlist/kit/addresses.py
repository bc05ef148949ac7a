"""Network addresses: the client's address when there are proxies, and whether it is in an allowed network."""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Network = IPv4Network | IPv6Network

# An IPv4 address in its only spelling.
_PLAIN: Final = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}", re.ASCII)
_MAPPED: Final = IPv6Network("::ffff:0:0/96")


def client_address(peer: str, forwarded_for: str | None, trusted: Sequence[Network]) -> str:
    """Tell the address of the client of a request that came from ``peer``, in its shortest spelling.

    ``forwarded_for`` is the ``X-Forwarded-For`` header, believed only from ``trusted`` networks: it is walked from the
    right, as long as a trusted hop vouches for the next one. A malformed entry ends the walk. A ``peer`` that is no IP
    address (a Unix socket) comes back as it is. Never raises.
    """
    present = _spelt(peer)
    if present is None:
        return peer
    hops = [hop for part in (forwarded_for or "").split(",") if (hop := part.strip())]
    while hops and _vouches(present, tuple(trusted)):
        before = _spelt(_without_port(hops.pop()))
        if before is None:
            break
        present = before
    return present


def network_of(address: str) -> str:
    """Name the network whose addresses count as one: an IPv4 address by itself, of IPv6 the /64 that a household has.

    What is no address comes back as it is.
    """
    if ":" not in address:
        return address
    found = _read(address)
    return str(IPv6Network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found or address)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read networks and single addresses divided by commas or spaces. Raises ValueError naming the one it cannot."""
    return tuple(_network(entry) for entry in text.replace(",", " ").split())


def allowed(address: str, networks: Sequence[Network]) -> bool:
    """Tell whether ``address`` lies in one of ``networks``; what is no IP address lies in none."""
    found = _read(address)
    return found is not None and _is_in(found, networks)


@lru_cache(maxsize=1024)  # a few proxies bring all requests
def _vouches(address: str, trusted: tuple[Network, ...]) -> bool:
    return allowed(address, trusted)


def _spelt(text: str) -> str | None:
    """Return the shortest spelling of an address; None for any other text."""
    if _PLAIN.fullmatch(text):
        return text  # the usual case
    address = _read(text)
    return None if address is None else str(address)


def _network(entry: str) -> Network:
    try:
        network = ip_network(entry, strict=False)
    except ValueError:
        raise ValueError(f"{entry!r} is no network; one looks like 10.0.0.0/8") from None
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        mapped = network.network_address.ipv4_mapped
        return ip_network(f"{mapped}/{network.prefixlen - 96}")
    return network


def _is_in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address; an IPv4-mapped IPv6 address (``::ffff:10.0.0.1``) counts as IPv4."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _without_port(entry: str) -> str:
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry
