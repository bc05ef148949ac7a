"""Where forms and calls of the protocol want people to be sent on to: some sites encode the address twice."""

import re
from typing import Final
from urllib.parse import unquote

from enlist.kit.redirects import LONGEST

_ENCODED_TWICE: Final = re.compile(r"https?%3A|%2F", re.IGNORECASE)


def wanted_address(text: str) -> str:
    """Return the address that ``text`` means: what was encoded twice is decoded once more (wire.md §7.1, ``doneurl2``).

    Empty if decoding lays open what no address can hold. What is too long for an address stays as it is. Never raises.
    """
    sent = text.strip()
    if len(sent) > LONGEST or not _ENCODED_TWICE.match(sent):
        return sent
    meant = unquote(sent)
    return meant if meant.isprintable() else ""
