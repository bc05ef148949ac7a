"""Attributing: a pure decision over the history of clicks and the settings, property by property."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain.attribution import Decision, Touch
from enlist.domain.attribution.attributing import MOST_KEPT, decide, explain, in_order, member_of, remember, tidy
from enlist.domain.partners import Member, Programme
from tests.domain.partners.helpers import NOW, a_touch, marks

MEMBERS = {
    key: member
    for member in (Member(1, "anna"), Member(2, "Boris", 1), Member(3, "clara"))
    for key in (member.login.lower(), f"#{member.id}")
}
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ADVERT = {"utm_medium": "cpc", "utm_source": "direct"}


def decided(*touches: Touch, programme: dict[str, Any] | None = None, **properties: Any) -> tuple[int | None, str]:
    decision = decide(Programme(**programme or {}), touches, MEMBERS, **{"now": NOW} | properties)
    return decision.partner_id, decision.rule


def test_without_clicks_nobody_is_credited() -> None:
    assert decided() == (None, "no click")
    assert decided(a_touch(ADVERT)) == (None, "no click")


def test_the_last_click_decides_unless_the_first_is_wanted() -> None:
    clicks = [a_touch("anna", NOW - 2 * HOUR), a_touch("boris", NOW - HOUR)]
    assert decided(*clicks) == (2, "last click")
    assert decided(*reversed(clicks)) == (2, "last click")
    assert decided(*clicks, programme={"which": "first"}) == (1, "first click")


def test_only_the_medium_affiliate_exactly_names_a_partner() -> None:
    assert decided(a_touch({"utm_medium": "Affiliate", "utm_source": "anna"})) == (None, "no click")
    assert decided(a_touch({"utm_medium": "cpc", "utm_source": "anna"})) == (None, "no click")
    assert decided(a_touch({"utm_source": "anna"})) == (None, "no click")
    assert decided(a_touch({"utm_medium": "affiliate", "utm_source": "ANNA"})) == (1, "last click")


def test_the_old_number_names_a_partner_where_no_login_does() -> None:
    assert decided(a_touch({"aff": "2", "ad": "5"})) == (2, "last click")
    assert decided(a_touch(marks("anna", aff="2"))) == (1, "last click")
    assert decided(a_touch({"aff": "two"})) == (None, "no click")


def test_a_number_names_a_partner_as_a_source_too_as_links_may_hold_it() -> None:
    assert decided(a_touch(marks("2"))) == (2, "last click")
    assert decided(a_touch(marks("77"))) == (None, "no member")
    assert decided(a_touch({"utm_medium": "cpc", "utm_source": "2"})) == (None, "no click")
    called_so = Member(4, "2")
    decision = decide(Programme(), [a_touch(marks("2"))], MEMBERS | {"2": called_so, "#4": called_so}, now=NOW)
    assert decision.partner_id == 4


def test_who_is_no_member_is_credited_with_nothing() -> None:
    assert decided(a_touch("dora")) == (None, "no member")
    assert decided(a_touch("anna", NOW - HOUR), a_touch("dora")) == (1, "last click")
    assert decided(a_touch("anna", NOW - HOUR), a_touch("dora"), programme={"other_click_cancels": True}) == (
        None,
        "cancelled",
    )


def test_the_period_runs_from_the_click() -> None:
    days = {"fee_days": 30}
    assert decided(a_touch("anna", NOW - 30 * DAY), programme=days) == (1, "last click")
    assert decided(a_touch("anna", NOW - 30 * DAY - timedelta(seconds=1)), programme=days) == (None, "period over")
    assert decided(a_touch("anna", NOW - 9999 * DAY)) == (1, "last click")
    old_and_new = [a_touch("anna", NOW - 31 * DAY), a_touch("boris", NOW - DAY)]
    assert decided(*old_and_new, programme=days | {"which": "first"}) == (2, "first click")


def test_people_known_before_the_click_count_unless_only_new_ones_do() -> None:
    click = a_touch("anna", NOW - HOUR)
    only = {"new_contacts_only": True}
    assert decided(click, known_since=NOW - DAY) == (1, "last click")
    assert decided(click, known_since=NOW - DAY, programme=only) == (None, "known before")
    assert decided(click, known_since=NOW - HOUR, programme=only) == (1, "last click")
    assert decided(click, known_since=None, programme=only) == (1, "last click")


def test_another_click_cancels_only_where_it_is_said_so() -> None:
    clicks = [a_touch("anna", NOW - 2 * HOUR), a_touch(ADVERT, NOW - HOUR)]
    assert decided(*clicks) == (1, "last click")
    assert decided(*clicks, programme={"other_click_cancels": True}) == (None, "cancelled")
    direct = [clicks[0], a_touch({}, NOW - HOUR)]
    assert decided(*direct, programme={"other_click_cancels": True}) == (None, "cancelled")
    later = [*clicks, a_touch("boris")]
    assert decided(*later, programme={"other_click_cancels": True, "which": "first"}) == (2, "first click")


def test_of_one_moment_the_address_comes_first_then_the_form() -> None:
    here = [a_touch("boris", source="form"), a_touch("anna", source="address"), a_touch("clara", source="cookie")]
    assert decided(*here) == (2, "last click")
    assert decided(*here, programme={"which": "first"}) == (3, "first click")
    assert decided(*here[:2], programme={"which": "first"}) == (1, "first click")


def test_a_coupon_goes_before_everything_and_being_named_before_clicks() -> None:
    strict = {"which": "first", "new_contacts_only": True, "fee_days": 1, "other_click_cancels": True}
    rest: dict[str, Any] = {"known_since": NOW - DAY, "programme": strict}
    assert decided(a_touch("boris"), coupon_partner=1, named="clara", **rest) == (1, "coupon")
    assert decided(a_touch("boris"), named="Clara", **rest) == (3, "named")
    assert decided(a_touch("boris"), named="3", **rest) == (3, "named")
    assert decided(a_touch("boris"), coupon_partner=99, named="dora") == (2, "last click")


def test_clicks_that_are_still_to_come_do_not_count() -> None:
    assert decided(a_touch("anna", NOW + HOUR)) == (None, "no click")


def test_what_was_decided_can_be_said() -> None:
    decision = decide(Programme(), [a_touch("anna", source="cookie")], MEMBERS, now=NOW)
    assert explain(decision) == (
        "the last partner's click that counts decides, of 2026-11-21 12:00:00 UTC, known from the cookie"
    )
    assert explain(Decision(None, "period over")) == "the click is longer ago than the programme counts"


# Everything that may stand in a history, and every setting.
said = st.one_of(
    st.sampled_from([{}, ADVERT, {"aff": "1"}, {"aff": "77"}]),
    st.sampled_from(["anna", "boris", "CLARA", "dora", "", "3", "77"]).map(marks),
)
touches = st.builds(
    Touch,
    st.integers(-400 * 24, 24).map(lambda hours: NOW + hours * HOUR),
    said,
    st.sampled_from(["address", "form", "cookie", "request", "coupon"]),
)
# Of one moment and place there is one click; a form and a request are one place: nobody has both.
histories = st.lists(
    touches, max_size=8, unique_by=lambda touch: (touch.at, "form" if touch.source == "request" else touch.source)
)
programmes = st.builds(
    Programme,
    fee_days=st.none() | st.integers(1, 365),
    which=st.sampled_from(["first", "last"]),
    new_contacts_only=st.booleans(),
    other_click_cancels=st.booleans(),
)
since = st.none() | st.integers(-400 * 24, 0).map(lambda hours: NOW + hours * HOUR)


@given(histories, programmes, since)
def test_who_is_credited_is_a_member_by_a_click_that_counts(
    history: list[Touch], programme: Programme, known_since: Any
) -> None:
    decision = decide(programme, history, MEMBERS, known_since=known_since, now=NOW)
    if decision.partner_id is None:
        assert decision.touch is None
        return
    touch = decision.touch
    assert touch is not None
    assert touch in history
    member = member_of(MEMBERS, touch.marks)
    assert member is not None
    assert member.id == decision.partner_id
    assert decision.rule == f"{programme.which} click"
    assert touch.at <= NOW
    if programme.fee_days is not None:
        assert NOW - touch.at <= programme.fee_days * DAY
    if programme.new_contacts_only and known_since is not None:
        assert touch.at <= known_since
    if programme.other_click_cancels:
        later = in_order(history)[in_order(history).index(touch) + 1 :]
        assert all(member_of(MEMBERS, one.marks) for one in later if one.at <= NOW)


@given(histories, programmes, since, st.randoms(use_true_random=False))
def test_the_order_in_which_clicks_are_told_does_not_matter(
    history: list[Touch], programme: Programme, known_since: Any, random: Any
) -> None:
    shuffled = random.sample(history, len(history))
    first, second = (decide(programme, some, MEMBERS, known_since=known_since, now=NOW) for some in (history, shuffled))
    assert first == second


@given(histories, programmes, since)
def test_no_setting_credits_somebody_whom_no_setting_at_all_would_not(
    history: list[Touch], programme: Programme, known_since: Any
) -> None:
    loose = decide(Programme(which=programme.which), history, MEMBERS, known_since=known_since, now=NOW)
    strict = decide(programme, history, MEMBERS, known_since=known_since, now=NOW)
    if loose.partner_id is None:
        assert strict == loose


@given(histories, programmes, since, st.sampled_from([1, 2, 3]))
def test_a_coupon_wins_whatever_the_history_and_the_settings(
    history: list[Touch], programme: Programme, known_since: Any, partner: int
) -> None:
    decision = decide(
        programme, history, MEMBERS, coupon_partner=partner, named="anna", known_since=known_since, now=NOW
    )
    assert decision == Decision(partner, "coupon")


@given(histories)
def test_another_click_in_between_changes_nothing_unless_it_cancels(history: list[Touch]) -> None:
    plain = decide(Programme(), history, MEMBERS, now=NOW)
    if plain.partner_id is not None:
        more = [*history, a_touch(ADVERT, NOW)]
        assert decide(Programme(), more, MEMBERS, now=NOW) == plain
        cancelled = decide(Programme(other_click_cancels=True), [*more, a_touch({}, NOW, "coupon")], MEMBERS, now=NOW)
        assert cancelled == Decision(None, "cancelled")


def test_what_a_request_brings_is_made_fit_to_be_kept() -> None:
    (touch,) = tidy([a_touch({"utm_source": "a\0b" + "x" * 2000, "evil": "x", "utm_term": ""}, NOW + DAY)], NOW)
    assert touch == Touch(NOW, {"utm_source": "ab" + "x" * 1022}, "request")
    (half,) = tidy([a_touch({"utm_source": "half \ud83d of a pair"})], NOW)
    assert half.marks == {"utm_source": "half  of a pair"}
    many = [a_touch("anna", NOW - number * HOUR) for number in range(200)]
    assert len(tidy(many, NOW)) == 50
    assert max(touch.at for touch in tidy(many, NOW)) == NOW


@given(st.lists(touches, max_size=150), st.lists(touches, max_size=50))
def test_no_more_is_kept_than_there_is_room_for_and_nothing_twice(kept: list[Touch], new: list[Touch]) -> None:
    kept = list({(touch.at, touch.source): touch for touch in kept}.values())[:MOST_KEPT]
    added, given_up = remember(kept, new)
    left = [touch for touch in kept if touch not in given_up] + added
    keys = [(touch.at, touch.source) for touch in left]
    assert len(keys) == len(set(keys))
    assert len(left) == min(MOST_KEPT, len({(touch.at, touch.source) for touch in [*kept, *new]}))


@pytest.mark.parametrize("text", ["", " ", "a b", "anna'", "\0", "é", "x" * 101, "#1", "-1", "0"])
def test_what_is_no_login_names_nobody(text: str) -> None:
    assert decided(a_touch(marks(text)))[0] is None
    assert decided(named=text) == (None, "no click")
    assert decided(a_touch({"aff": text})) == (None, "no click")
