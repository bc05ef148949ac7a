"""Writing a message down as mail: headers that no text can break out of, a text part and an HTML part."""

import base64
import re
from datetime import UTC
from email.header import Header
from email.message import Message as Part
from email.policy import compat32
from email.utils import format_datetime, quote
from typing import Final

import idna

from enlist.domain.delivery import Message

# Lines are folded here where it is good for them. The library's newer policies write long addresses of
# List-Unsubscribe as encoded words, which mail clients do not follow, and take twenty times as long.
_POLICY: Final = compat32.clone(linesep="\r\n", max_line_length=990, cte_type="8bit")
_LONGEST_LINE: Final = 990  # SMTP's limit is 998

_CONTROLS: Final = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROLS_IN_LINES: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_HARMFUL: Final = re.compile(rf'[\s()<>\[\]:;,\\"]|{_CONTROLS.pattern}')


def build(message: Message) -> bytes:
    """Write ``message`` as RFC 5322 wants it, 7-bit but for addresses that need SMTPUTF8.

    Raises ValueError for an address that cannot stand in mail.
    """
    letter = Part(_POLICY)
    letter["From"] = _mailbox(message.sender_name, address(message.sender))
    letter["To"] = _raw(address(message.recipient))
    letter["Subject"] = _words(message.subject, "Subject")
    letter["Date"] = format_datetime(message.written_at.astimezone(UTC))
    letter["Message-ID"] = message.message_id
    letter["Auto-Submitted"] = "auto-generated"
    if message.leave_url is not None and _is_plain(message.leave_url):
        letter["List-Unsubscribe"] = f"<{message.leave_url}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter["MIME-Version"] = "1.0"
    letter["Content-Type"] = "multipart/alternative"
    letter.attach(_part("plain", message.text))
    letter.attach(_part("html", message.html))
    return letter.as_bytes()


def address(text: str) -> str:
    """Give an address as SMTP writes it, its domain in ASCII. Raises ValueError if it cannot stand there."""
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or _HARMFUL.search(text):
        raise ValueError(f"{text!r} is no address that mail can go to")
    return f"{local}@{domain if domain.isascii() else _punycode(domain)}"


def clean(text: str) -> str:
    """Give ``text`` as one line without control characters."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def clean_lines(text: str) -> str:
    """Give ``text`` without control characters other than ends of lines and tabs."""
    return _CONTROLS_IN_LINES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _punycode(domain: str) -> str:
    return idna.encode(domain, uts46=True).decode("ascii")


def _is_plain(url: str) -> bool:
    return url.isascii() and url.isprintable() and not set(url) & set("<> ") and len(url) < _LONGEST_LINE - 20


def _mailbox(name: str, mail_address: str) -> str:
    shown = clean(name)
    if not shown:
        return _raw(mail_address)
    shown = f'"{quote(shown)}"' if _needs_no_coding(shown) else _words(shown, "From")
    return f"{shown} <{_raw(mail_address)}>"


def _words(text: str, header: str) -> str:
    """Write text as encoded words, on lines of their own, unless it is ASCII."""
    line = clean(text)
    if _needs_no_coding(line):
        return Header(line, "ascii", header_name=header).encode(linesep="\r\n")
    return Header(line, "utf-8", header_name=header, maxlinelen=76).encode(linesep="\r\n")


def _needs_no_coding(line: str) -> bool:
    return line.isascii() and "=?" not in line


def _raw(text: str) -> str:
    # How the library is told to write these very bytes.
    return text if text.isascii() else text.encode().decode("ascii", "surrogateescape")


def _part(kind: str, text: str) -> Part:
    part = Part(_POLICY)
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    body = clean_lines(text).replace("\n", "\r\n")
    if body.isascii() and all(len(line) < _LONGEST_LINE for line in body.split("\r\n")):
        part["Content-Transfer-Encoding"] = "7bit"
        part.set_payload(body)
    else:
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(base64.encodebytes(body.encode()).decode("ascii").replace("\n", "\r\n"))
    return part
