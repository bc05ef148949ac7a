"""Network addresses: whose request is it behind proxies, and does it come from an allowed network."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


def client_address(peer: str, forwarded_for: str | None, trusted: Sequence[Network]) -> str:
    """Tell the address of the client of a request that came from ``peer``.

    ``X-Forwarded-For`` is believed only from ``trusted`` networks: from the right, as long as a trusted hop vouches
    for the next one. A malformed entry ends the walk.
    """
    present = _read(peer)
    hops = [hop.strip() for hop in (forwarded_for or "").split(",") if hop.strip()]
    while present is not None and hops and _is_in(present, trusted):
        before = _read(_without_port(hops.pop()))
        if before is None:
            break
        present = before
    return str(present) if present is not None else peer


def allowed(address: str, networks: Sequence[Network]) -> bool:
    """Tell whether ``address`` lies in one of ``networks``."""
    found = _read(address)
    return found is not None and _is_in(found, networks)


def _is_in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _read(text: str) -> IPv4Address | IPv6Address | None:
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
