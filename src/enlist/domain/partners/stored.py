"""How marks and clicks lie in JSON columns."""

from collections.abc import Mapping

import msgspec

from enlist.domain.partners.model import Touch


def read_marks(text: str | None) -> Mapping[str, str]:
    """Read marks; an empty column holds none."""
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


def read_touch(text: str | None) -> Touch | None:
    """Read a click, if there is one."""
    return msgspec.json.decode(text, type=Touch) if text else None
