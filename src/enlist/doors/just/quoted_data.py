"""The field `data` of the marks' update: JSON that all samples put into bad quotes (profiles-api.md §7)."""

from collections.abc import Mapping

from enlist.doors.just.reading import Fields
from enlist.kit import loose_json


def read_data(fields: Fields) -> Mapping[str, loose_json.Value] | None:
    """Return the object that was sent as `data`; None if it cannot be read as one.

    It may come as text (see ``parse``), as fields `data[email]` and so on, as an object below `data` in a JSON body,
    and as a JSON body that is the object itself.
    """
    sent = fields.exact("data")
    if sent is not None:
        return parse(sent)
    nested = fields.nested("data")
    if nested:
        return nested
    if fields.whole is not None and "data" in fields.whole:
        below = fields.whole["data"]
        return below if isinstance(below, dict) else None
    return fields.whole


def parse(sent: str) -> dict[str, loose_json.Value] | None:
    """Read the text of `data`: as it is; without quotes round it; or as a JSON string that holds the object.

    The last of a repeated key counts, and numbers become their digits.
    """
    text = sent.strip()
    found = loose_json.read_object(text)
    if found is None and len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        found = loose_json.read_object(text[1:-1])
        if found is None and text[0] == '"':
            found = loose_json.read_object(_within_string(text))
    return found


def _within_string(text: str) -> str:
    try:
        value = loose_json.read(text)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
