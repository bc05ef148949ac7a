"""The history of clicks as cookies, forms and addresses carry it."""

from datetime import UTC, datetime, timedelta
from string import printable

from hypothesis import given
from hypothesis import strategies as st

from enlist.domain.attribution import Touch
from enlist.doors.justclick.clicks import click_marks
from enlist.kit.php_form import Form

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
BOB = {"utm_medium": "affiliate", "utm_source": "bob"}
SAID = click_marks.joined(BOB)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)
histories = st.lists(
    st.builds(
        Touch,
        st.integers(0, int(NOW.timestamp())).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
        st.dictionaries(st.sampled_from(click_marks.NAMES), texts, max_size=4),
        st.just("cookie"),
    ),
    max_size=6,
)


@given(histories)
def test_what_is_written_is_read_again(history: list[Touch]) -> None:
    text = click_marks.write(history)
    assert len(text) <= click_marks.LONGEST
    assert set(text) <= set(printable) - set(' ",;\\\n\t\r\x0b\x0c')
    kept = click_marks.read(text, NOW)
    assert len(kept) == len(history) or len(text) > 1500
    for touch in kept:
        assert any(touch.at == was.at and touch.marks.items() <= was.marks.items() for was in history)


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_whatever_a_cookie_holds_is_read_without_harm(text: str) -> None:
    for touch in click_marks.read(text, NOW):
        assert touch.at <= NOW
    click_marks.touches_of(Form([]), f"a=b; {click_marks.COOKIE}={text}", NOW)


def test_a_full_history_keeps_the_first_click_and_the_latest_ones() -> None:
    history = [Touch(NOW - timedelta(days=90 - n), {"utm_source": f"s{n}"}, "cookie") for n in range(60)]
    kept = click_marks.read(click_marks.write(history), NOW)
    assert [touch.marks["utm_source"] for touch in kept] == ["s0", *(f"s{n}" for n in range(41, 60))]
    long = [
        Touch(NOW - timedelta(days=9 - n), {"utm_source": f"s{n}", "utm_term": "x" * 700}, "cookie") for n in range(9)
    ]
    kept = click_marks.read(click_marks.write(long), NOW)
    assert [touch.marks["utm_source"] for touch in kept] == ["s0", "s6", "s7", "s8"]


def test_of_a_long_click_the_partner_is_kept() -> None:
    marks = BOB | {name: "я" * 255 for name in click_marks.NAMES if name not in BOB}
    (kept,) = click_marks.read(click_marks.write([Touch(NOW, marks, "cookie")]), NOW)
    assert kept.marks == BOB


def test_a_time_to_come_is_now() -> None:
    (touch,) = click_marks.read("99999999999:m=affiliate&s=bob", NOW)
    assert (touch.at, touch.marks) == (NOW, BOB)


def test_the_same_click_again_is_the_same_click() -> None:
    first = click_marks.extended("", SAID, NOW)
    assert first == f"{int(NOW.timestamp())}:m=affiliate&s=bob"
    assert click_marks.extended(first, SAID, NOW + timedelta(minutes=9)) == first
    later = click_marks.extended(first, SAID, NOW + timedelta(minutes=11))
    assert [touch.at for touch in click_marks.read(later, NOW + timedelta(days=1))] == [
        NOW,
        NOW + timedelta(minutes=11),
    ]


@given(st.text(max_size=300))
def test_nothing_strange_stays_in_a_history(text: str) -> None:
    history = click_marks.extended(text, SAID, NOW)
    assert history.endswith(f"{int(NOW.timestamp())}:m=affiliate&s=bob")
    assert set(history) <= set(printable) - set(' ",;\\\n\t\r\x0b\x0c')
    assert len(history) <= click_marks.LONGEST


def test_cookie_field_and_address_make_one_history() -> None:
    form = Form(
        [
            ("clicks", "1700000000:m=affiliate&s=bob/1700000500:m=cpc"),
            ("utm_medium", "affiliate"),
            ("utm_source", "eve"),
            ("utm[utm_source]", "form"),
            ("aff_term", "x"),
        ]
    )
    cookie = "other=1; enlist_clicks=1700000000:m=affiliate&s=bob/1700000200:m=affiliate&s=carol; last=2"
    found = click_marks.touches_of(form, cookie, NOW)
    assert [(int(touch.at.timestamp()), touch.source, touch.marks.get("utm_source")) for touch in found] == [
        (1700000000, "cookie", "bob"),
        (1700000200, "cookie", "carol"),
        (1700000500, "cookie", None),
        (int(NOW.timestamp()), "address", "eve"),
    ]
    assert found[-1].marks["aff_term"] == "x"


def test_own_marks_alone_are_no_click() -> None:
    assert click_marks.touches_of(Form([("aff_source", "x"), ("page", "y")]), "", NOW) == ()


def test_a_page_carries_the_clicks_on() -> None:
    assert click_marks.carried(Form([]), "", NOW) == []
    carried = click_marks.carried(Form([("utm_medium", "affiliate"), ("utm_source", "bob")]), "", NOW)
    assert carried == [("clicks", f"{int(NOW.timestamp())}:m=affiliate&s=bob")]
