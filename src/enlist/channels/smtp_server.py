"""Which mail server, how encrypted and as whom, read from one address such as ``smtp+starttls://user:pw@host``."""

import ssl
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

Encryption = Literal["if offered", "must", "from the start"]

_SCHEMES: Final[dict[str, tuple[Encryption, int]]] = {
    "smtp": ("if offered", 25),
    "smtp+starttls": ("must", 587),
    "smtps": ("from the start", 465),
}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server as letters are handed to it.

    ``smtp+starttls`` and ``smtps`` encrypt or fail, and want a certificate that is valid for the host. ``smtp`` uses
    STARTTLS where it is offered, with whatever certificate (RFC 7435: some encryption is better than none, and who
    could forge the certificate could as well hide the offer); where that fails, letters go in the clear, but a
    password does not.
    """

    host: str
    port: int
    encryption: Encryption
    tls: ssl.SSLContext
    user: str | None = None
    password: str | None = None

    @property
    def may_speak_plainly(self) -> bool:
        """Whether letters may go unencrypted to a server that offers encryption and cannot do it."""
        return self.encryption == "if offered" and self.user is None


def read_server(url: str, tls: ssl.SSLContext | None = None) -> MailServer:
    """Read ``scheme://user:password@host:port``; user and password percent-encoded, a missing port the usual one.

    ``tls`` replaces the system's idea of which certificates are valid. Raises ValueError.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError("must be an smtp, smtps or smtp+starttls address")
    encryption, port = _SCHEMES[parts.scheme]
    return MailServer(
        host=parts.hostname,
        port=parts.port or port,
        encryption=encryption,
        tls=tls or _tls(encryption),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _tls(encryption: Encryption) -> ssl.SSLContext:
    if encryption != "if offered":
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
