"""Rules are read strictly, and a wrong one is told where it is wrong."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain import segments
from enlist.domain.segments.reading import DEEPEST, LONGEST_RULE, MOST_CONDITIONS, rule_schema, write_rule

DOCS = Path(__file__).parents[3] / "docs"
AGED: dict[str, Any] = {"type": "age", "at_least": 18}


def nested(depth: int) -> str:
    return '{"type":"not","rule":' * depth + '{"type":"age","at_least":18}' + "}" * depth


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ("", "$", "truncated"),
        ("[]", "$", "Expected `object`"),
        ("{}", "$", "missing required field `type`"),
        ('{"type": "magic"}', "$.type", "Invalid value 'magic'"),
        ('{"type": "country", "any_of": ["ru"]}', "$.any_of[0]", "regex"),
        ('{"type": "region", "any_of": []}', "$.any_of", "length >= 1"),
        ('{"type": "region", "any_of": [1]}', "$.any_of[0]", "got `int`"),
        ('{"type": "region", "any_of": ["a\\u0000"]}', "$.any_of", "cannot be kept"),
        ('{"type": "action", "label": "buy"}', "$", "unknown field `label`"),
        ('{"type": "action", "at_least": 0}', "$.at_least", ">= 1"),
        ('{"type": "action", "at_least": 3, "at_most": 2}', "$", "at_most is less than at_least"),
        ('{"type": "action", "within": {}}', "$.within", "at least one hour"),
        ('{"type": "action", "within": {"days": 1e9}}', "$.within.days", "Expected `int`"),
        ('{"type": "age"}', "$", "needs at_least or at_most"),
        ('{"type": "created"}', "$", "needs after, before or within"),
        ('{"type": "created", "after": "2026-01-01T00:00:00"}', "$.after", "timezone"),
        ('{"type": "created", "after": "0001-01-01T00:00:00Z"}', "$", "between the years"),
        ('{"type": "channel", "channel": "pigeon", "state": "active"}', "$.channel", "Invalid enum value"),
        ('{"type": "and", "rules": [{"type": "age", "at_least": 1}, {"type": "age"}]}', "$.rules[1]", "needs"),
        (nested(DEEPEST), "$" + ".rule" * DEEPEST, "deeper"),
        (nested(2900), "$", "deeper"),
        ("[" * LONGEST_RULE * 2, "$", "longer"),
        (
            json.dumps({"type": "or", "rules": [{"type": "or", "rules": [AGED] * 60}] * 2}),
            "$",
            "more than 100 conditions",
        ),
        ('{"type": "region", "any_of": ["\ud800"]}', "$", "surrogate"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(text: str, path: str, reason: str) -> None:
    with pytest.raises(segments.BadRule) as refused:
        segments.read_rule(text)
    assert refused.value.fields["path"] == path
    assert reason in str(refused.value.fields["reason"])


def test_the_largest_rules_are_read() -> None:
    segments.read_rule(nested(DEEPEST - 1))
    segments.read_rule(json.dumps({"type": "or", "rules": [AGED] * MOST_CONDITIONS}))


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["and", "age"]),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["type", "rules", "rule", "at_least", "x"]), inner, max_size=3)))  # fmt: skip
def test_whatever_is_sent_is_a_rule_or_refused(value: object) -> None:
    try:
        rule = segments.read_rule(json.dumps(value))
    except segments.BadRule:
        return
    assert segments.read_rule(write_rule(rule)) == rule


def test_the_published_schema_is_the_one_of_the_program() -> None:
    published = json.loads((DOCS / "segment-rules.schema.json").read_text())
    assert published == json.loads(json.dumps(rule_schema()))


def test_every_example_of_the_docs_is_a_rule() -> None:
    examples = [part.split("```")[0] for part in (DOCS / "segments.md").read_text().split("```json\n")[1:]]
    assert len(examples) >= 10
    for example in examples:
        rule = segments.read_rule(example)
        assert segments.read_rule(segments.pretty_rule(rule)) == rule
        assert msgspec.json.decode(write_rule(rule)) == json.loads(example)
