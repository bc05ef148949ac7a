"""Binding the port before anything else is opened, so that a port in use is reported in one sentence."""

import errno
import socket


class CannotListen(Exception):
    """The address cannot be listened on; the message says why, and what to do."""


def bind(host: str, port: int, *, copies: int = 1) -> list[list[socket.socket]]:
    """Take ``port`` (0: a free one) at every address of ``host``; nobody is answered yet.

    With several ``copies`` there are as many sets of sockets, among which the system shares out the connections. Raises
    CannotListen.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        raise CannotListen(f"{host} is no address that can be listened on; choose another one with --host") from None
    addresses = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    sets: list[list[socket.socket]] = []
    try:
        if copies > 1 and port:  # sockets that share a port would share it with another server of ours, too
            for family, address in addresses:
                _bind(family, (address[0], port, *address[2:]), shared=False).close()
        for _ in range(copies):
            sets.append([])
            for family, address in addresses:
                sets[-1].append(_bind(family, (address[0], port, *address[2:]), shared=copies > 1))
                port = sets[-1][0].getsockname()[1]
    except OSError as reason:
        for taken in sets:
            for one in taken:
                one.close()
        raise cannot_listen(reason, host, port) from None
    return sets


def url_of(taken: socket.socket) -> str:
    """Tell the web address of what was taken."""
    host, port = taken.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def cannot_listen(reason: OSError, host: str, port: int) -> CannotListen:
    """Say in a sentence why an address cannot be listened on."""
    if reason.errno == errno.EADDRINUSE:
        return CannotListen(f"port {port} is taken; choose another one with --port")
    if reason.errno == errno.EACCES:
        return CannotListen(f"port {port} is not open to this user; choose one above 1023 with --port")
    if reason.errno == errno.EADDRNOTAVAIL:
        return CannotListen(f"this machine has no address {host}; choose another one with --host")
    why = reason.strerror or reason
    return CannotListen(f"{host}, port {port} cannot be listened on ({why}); choose others with --host and --port")


def _bind(family: int, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        taken.setblocking(False)
        taken.bind(address)
    except OSError:
        taken.close()
        raise
    return taken
