"""Reading rules from JSON, strictly, and describing their language as a JSON Schema."""

import re
from typing import Any, Final, cast

import msgspec

from enlist.domain.segments.errors import BadRule
from enlist.domain.segments.rule import And, Not, Or, Rule
from enlist.kit.text import can_be_kept

LONGEST_RULE: Final = 64 * 1024
DEEPEST: Final = 20
MOST_CONDITIONS: Final = 100

_DECODER: Final = msgspec.json.Decoder(Rule)
_PATH = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


def read_rule(text: str | bytes) -> Rule:
    """Read a rule from JSON. Refuses with BadRule, which says where and why."""
    if len(text) > LONGEST_RULE:
        raise BadRule(path="$", reason=f"is longer than {LONGEST_RULE} bytes")
    try:
        rule: Rule = _DECODER.decode(text)
        _measure(rule)
    except RecursionError:
        raise BadRule(path="$", reason=f"is nested deeper than {DEEPEST}") from None
    except UnicodeEncodeError:
        raise BadRule(path="$", reason="holds half of a surrogate pair") from None
    except msgspec.MsgspecError as wrong:
        found = _PATH.match(str(wrong))
        assert found is not None
        raise BadRule(path=found["path"] or "$", reason=found["reason"]) from None
    return rule


def write_rule(rule: Rule) -> str:
    """Write a rule as JSON."""
    return msgspec.json.encode(rule).decode()


def pretty_rule(rule: Rule) -> str:
    """Write a rule as JSON for people, without what is left at its default."""
    return msgspec.json.format(write_rule(rule), indent=2)


def rule_schema() -> dict[str, Any]:
    """Describe the language as a JSON Schema."""
    (described,), parts = msgspec.json.schema_components([Rule])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "enlist segment rule",
        **described,
        "$defs": parts,
    }


def _measure(rule: Rule) -> None:
    """Refuse with BadRule what is too deep, too large, or holds characters that no database keeps."""
    count = 0
    left: list[tuple[str, Rule, int]] = [("$", rule, 1)]
    while left:
        path, part, depth = left.pop()
        if depth > DEEPEST:
            raise BadRule(path=path, reason=f"is nested deeper than {DEEPEST}")
        if isinstance(part, And | Or):
            left += [(f"{path}.rules[{place}]", inner, depth + 1) for place, inner in enumerate(part.rules)]
        elif isinstance(part, Not):
            left.append((f"{path}.rule", part.rule, depth + 1))
        else:
            count += 1
            _refuse_nul(path, part)
    if count > MOST_CONDITIONS:
        raise BadRule(path="$", reason=f"has more than {MOST_CONDITIONS} conditions")


def _refuse_nul(path: str, part: Rule) -> None:
    for field in part.__struct_fields__:
        value = getattr(part, field)
        if isinstance(value, tuple) and not all(can_be_kept(cast(str, text)) for text in value):
            raise BadRule(path=f"{path}.{field}", reason="holds a character that cannot be kept")
