"""Fields from the address and the body become one form."""

from hypothesis import given
from hypothesis import strategies as st

from enlist.doors.justclick import lead_fields
from enlist.doors.justclick.forms import reading
from enlist.doors.web.reading import without
from enlist.kit.php_form import Form

KEYS = st.sampled_from(["rid", "rid[]", "rid[0]", "rid[1]", "tag", "lead_email", "utm[utm_source]"]) | st.text(
    max_size=9
)
PAIRS = st.lists(st.tuples(KEYS, st.text(max_size=9)), max_size=9)


def groups_of(*pairs: tuple[str, str]) -> set[str]:
    return set(lead_fields.group_names(Form(pairs)))


@given(PAIRS, PAIRS)
def test_groups_are_united_and_the_bodys_field_wins(query: list[tuple[str, str]], body: list[tuple[str, str]]) -> None:
    merged = Form(reading.merge(query, body))
    assert groups_of(*merged.pairs) == groups_of(*query) | groups_of(*body)
    for key in ("tag", "lead_email"):
        assert merged.text(key) == Form(body).text(key, Form(query).text(key))
    assert merged.mapping("utm") == Form(query).mapping("utm") | Form(body).mapping("utm")


@given(PAIRS)
def test_what_is_carried_along_means_the_same_again(pairs: list[tuple[str, str]]) -> None:
    kept = without(pairs, ["tag"])
    assert "tag" not in Form(kept)
    assert groups_of(*kept) == groups_of(*pairs)
    assert Form(kept).text("lead_email") == Form(pairs).text("lead_email")
    assert Form(kept).mapping("utm") == Form(pairs).mapping("utm")
