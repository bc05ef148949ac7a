"""Untrusted JSON: numbers stay as they were written, the last of a repeated key counts, any depth is read."""

import json
from typing import Any, Final

from enlist.kit.text import can_be_kept

Value = str | bool | None | list["Value"] | dict[str, "Value"]


def read(text: str) -> Value:
    """Read ``text``; a number becomes the text that stands for it. Raises ValueError for what is no JSON.

    Texts that a database cannot keep (with a NUL, with half a surrogate pair) make the whole thing no JSON.
    """
    if "\\u" in text or "\0" in text:
        return _without_unkeepable(_decode(text))
    return _decode(text)


def read_object(text: str) -> dict[str, Value] | None:
    """Read ``text``; return None unless it is a JSON object."""
    try:
        value = read(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def scalar(value: Value) -> str | None:
    """Write a text, number, truth or null as PHP does ("1" for true, nothing for false and null); never a list."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return "1" if value else ""
    return None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


# Making numbers of numbers would lose digits, and takes long for very long ones.
_decoder: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_no_constant)


def _decode(text: str) -> Value:
    try:
        value: Value = _decoder.decode(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    return value


def _without_unkeepable(whole: Value) -> Value:
    waiting: list[Value] = [whole]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and not can_be_kept(value):
            raise ValueError("holds a character that cannot be kept")
    return whole
