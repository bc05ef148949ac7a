"""How an embedded form looks, as far as its address may say: nothing that could be more than a look."""

import re
from typing import Final

import msgspec

from enlist.kit.php_form import Form

LONGEST_BUTTON: Final = 80
_COLOUR: Final = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})|[a-z]{3,20}", re.IGNORECASE | re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f]{3}|[0-9a-f]{6}", re.IGNORECASE | re.ASCII)
_FONT: Final = re.compile(r"[A-Za-z][A-Za-z0-9 -]{0,40}", re.ASCII)
_LENGTH: Final = re.compile(r"([0-9]{1,4})(px|%)?", re.ASCII)
_MOST: Final = {"px": 2000, "%": 100}


class Look(msgspec.Struct, frozen=True):
    """The look of an embedded form; what is empty stays as it is. Each is fit to stand in a style sheet as it is.

    ``button`` is the button's text and fit for nothing but text.
    """

    colour: str = ""  # of the button
    width: str = ""
    font: str = ""
    button: str = ""
    button_width: str = ""
    button_height: str = ""


def read(form: Form) -> Look:
    """Read the look that the fields of an address ask for (wire.md §7.2); what cannot be one is left out.

    ``btn_css`` is not taken: style sheets of strangers can fetch and hide things.
    """
    font = form.text("font").strip()
    return Look(
        colour=_colour(form.text("color")),
        width=_length(form.text("width")),
        font=font if _FONT.fullmatch(font) else "",
        button=" ".join(form.text("button").split())[:LONGEST_BUTTON],
        button_width=_length(form.text("btn_width")),
        button_height=_length(form.text("btn_height"), most={"px": 200}),
    )


def _colour(text: str) -> str:
    colour = text.strip()
    if not _COLOUR.fullmatch(colour):
        return ""
    return f"#{colour}" if _HEX.fullmatch(colour) else colour


def _length(text: str, most: dict[str, int] = _MOST) -> str:
    found = _LENGTH.fullmatch(text.strip().lower())
    if found is None:
        return ""
    number, unit = int(found[1]), found[2] or "px"
    return f"{number}{unit}" if 0 < number <= most.get(unit, 0) else ""
