"""Writes small MaxMind DB files: as much of the format as the tests need (maxmind.github.io/MaxMind-DB)."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

_RECORD_BITS = 24
_MARKER = b"\xab\xcd\xefMaxMind.com"
_UINT16, _UINT32, _UINT64 = 5, 6, 9


def write(networks: Mapping[str, Any], *, ip_version: int = 6) -> bytes:
    """Write a database that answers each of the ``networks`` with its record."""
    data = bytearray()
    tree: list[list[int | None]] = [[None, None]]
    leaves: dict[tuple[int, int], int] = {}
    for text, record in networks.items():
        network = ip_network(text)
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
        if network.version == 4 and ip_version == 6:
            bits = "0" * 96 + bits
        node = 0
        for bit in bits[:-1]:
            below = tree[node][int(bit)]
            if below is None:
                tree.append([None, None])
                below = tree[node][int(bit)] = len(tree) - 1
            node = below
        leaves[node, int(bits[-1])] = len(data)
        data += _value(record)
    out = bytearray()
    for number, node_ in enumerate(tree):
        for side in (0, 1):
            if (number, side) in leaves:
                target = len(tree) + 16 + leaves[number, side]
            else:
                below = node_[side]
                target = len(tree) if below is None else below
            out += target.to_bytes(_RECORD_BITS // 8, "big")
    about = {
        "binary_format_major_version": (_UINT16, 2),
        "binary_format_minor_version": (_UINT16, 0),
        "build_epoch": (_UINT64, 1),
        "database_type": "Test-City",
        "description": {"en": "test"},
        "ip_version": (_UINT16, ip_version),
        "languages": ["en"],
        "node_count": (_UINT32, len(tree)),
        "record_size": (_UINT16, _RECORD_BITS),
    }
    return bytes(out) + bytes(16) + bytes(data) + _MARKER + _value(about)


def _value(value: Any) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return _control(2, len(raw)) + raw
    if isinstance(value, dict):
        return _control(7, len(value)) + b"".join(_value(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return _control(11, len(value)) + b"".join(map(_value, value))
    kind, number = value if isinstance(value, tuple) else (_UINT32, value)
    raw = int(number).to_bytes(8, "big").lstrip(b"\0")
    return _control(kind, len(raw)) + raw


def _control(kind: int, size: int) -> bytes:
    more = b""
    if size >= 29:
        assert size < 29 + 256
        size, more = 29, bytes([size - 29])
    return (bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])) + more
