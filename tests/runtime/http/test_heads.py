"""Reading heads: one spelling of each header, strict lines, lenient targets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.runtime.http import heads
from enlist.runtime.http.bounds import Bounds
from enlist.runtime.http.heads import BadHead, Head, read_head

BOUNDS = Bounds()


def head(*lines: str, first: str = "GET / HTTP/1.1", host: str = "Host: x") -> Head:
    return read_head("\r\n".join([first, *([host] if host else []), *lines]).encode("latin-1"), BOUNDS)


def status_of(*lines: str, first: str = "GET / HTTP/1.1", host: str = "Host: x") -> int:
    with pytest.raises(BadHead) as refused:
        head(*lines, first=first, host=host)
    return refused.value.status


def test_several_lines_of_a_name_are_one_list() -> None:
    found = head("X-Forwarded-For: 1.1.1.1", "x-forwarded-FOR: 2.2.2.2, 3.3.3.3", "Accept: a", "ACCEPT:b")
    assert found.headers == {"host": "x", "x-forwarded-for": "1.1.1.1, 2.2.2.2, 3.3.3.3", "accept": "a, b"}


def test_several_lines_of_cookies_are_one_line_of_cookies() -> None:
    assert head("Cookie: a=b", "Cookie: c=d; e=f").headers["cookie"] == "a=b; c=d; e=f"


@pytest.mark.parametrize("second", ["Host: x", "host: y", "HOST:"])
def test_two_hosts_are_none(second: str) -> None:
    assert status_of(second) == 400


def test_a_host_is_asked_for_only_where_it_has_to_be() -> None:
    assert status_of(host="") == 400
    assert head(host="", first="GET / HTTP/1.0").headers == {}
    assert head(host="Host:").headers == {"host": ""}


@pytest.mark.parametrize("around", ["", " ", "\t", " \t "])
def test_blanks_round_a_value_are_no_part_of_it(around: str) -> None:
    found = head(f"X-AUTH-TOKEN:{around}a token{around}", f"Content-Length:{around}5{around}")
    assert (found.headers["x-auth-token"], found.length) == ("a token", 5)


@pytest.mark.parametrize(
    "line",
    [
        "Name : value",
        " folded",
        "\tfolded",
        "no colon",
        ": no name",
        "N\u00e4me: x",
        "a b: x",
        "x: a\0b",
        "x: a\rb",
        "x: a\nb",
    ],
)
def test_lines_that_others_read_otherwise_are_refused(line: str) -> None:
    assert status_of(line) == 400


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", b""),
        ("/a?b=c?d", "/a", b"b=c?d"),
        ("//api/GetLeadGroups", "/api/GetLeadGroups", b""),
        ("/api///a//?x=//", "/api/a/", b"x=//"),
        ("/%2F/a", "/a", b""),
        ("/a%20b%zz", "/a b%zz", b""),
        ("/order/%D0%BA", "/order/к", b""),
        ("/order/\u00d0\u00ba/?utm_term=\u00d0\u00ba", "/order/к/", b"utm_term=%D0%BA"),
        ("/\xff?\xff", "/\ufffd", b"%FF"),
        ("/a#b?c", "/a", b""),
        ("http://other.example:80/a?b", "/a", b"b"),
        ("HTTP://other.example", "/", b""),
        ("http://other.example?b", "/", b"b"),
    ],
)
def test_targets_are_read_leniently(target: str, path: str, query: bytes) -> None:
    found = head(first=f"GET {target} HTTP/1.1")
    assert (found.path, found.query) == (path, query)
    assert found.raw_path.isascii()


def test_the_host_of_a_whole_address_counts() -> None:
    assert head(first="GET http://other.example:80/a HTTP/1.1").headers["host"] == "other.example:80"


@pytest.mark.parametrize(
    ("first", "status"),
    [
        ("GET / HTTP/2.0", 505),
        ("GET / HTTP/1.2", 505),
        ("PRI * HTTP/2.0", 505),
        ("GET / http/1.1", 400),
        ("GET / HTTP/1.1 ", 400),
        ("GET  / HTTP/1.1", 400),
        ("GET /a b HTTP/1.1", 400),
        ("GET /a\tb HTTP/1.1", 400),
        ("GET /a\x7fb HTTP/1.1", 400),
        ("GET /a\x01\xff HTTP/1.1", 400),
        ("GET", 400),
        ("GET /", 400),
        ("", 400),
        ("G(T / HTTP/1.1", 400),
        ("GET a HTTP/1.1", 400),
        ("GET * HTTP/1.1", 400),
        ("CONNECT x:80 HTTP/1.1", 400),
        ("GET ftp://x/ HTTP/1.1", 400),
    ],
)
def test_request_lines_that_are_none(first: str, status: int) -> None:
    assert status_of(first=first) == status


@pytest.mark.parametrize(
    ("first", "line", "keeps"),
    [
        ("GET / HTTP/1.1", "x: y", True),
        ("GET / HTTP/1.1", "Connection: close", False),
        ("GET / HTTP/1.1", "Connection: Keep-Alive, Close", False),
        ("GET / HTTP/1.0", "x: y", False),
        ("GET / HTTP/1.0", "Connection: Keep-Alive", True),
    ],
)
def test_who_wants_the_connection_to_stay_open(first: str, line: str, keeps: bool) -> None:
    assert head(line, first=first).keeps is keeps


def test_more_lines_than_any_browser_sends_are_refused() -> None:
    assert len(head(*(f"x{number}: y" for number in range(90))).headers) == 91
    assert status_of(*(f"x{number}: y" for number in range(101))) == 431


@given(
    st.binary(max_size=300)
    | st.text("GET /HTP1.:\r\n\0 ax%2f?#\xff", max_size=60).map(lambda text: text.encode("latin-1"))
)
def test_whatever_comes_is_a_head_or_is_refused(raw: bytes) -> None:
    for sent in (raw, b"GET /" + raw, b"GET / HTTP/1.1\r\nHost: x\r\n" + raw, b"GET /" + raw + b" HTTP/1.1\r\nHost: x"):
        try:
            found = read_head(sent, BOUNDS)
        except BadHead as reason:
            status = reason.status
        else:
            status = 200
            assert "//" not in found.path
            assert found.raw_path.isascii()
            assert not any(char in value for value in found.headers.values() for char in "\r\n\0")
            assert all(name == name.lower() for name in found.headers)
        assert status in (200, 400, 431, 501, 505)


def test_a_flood_of_lines_is_not_remembered_for_ever() -> None:
    for number in range(3 * heads._MOST_LINES):
        head(f"x{number}: {number}", "y: " + "z" * 200)
    assert len(heads._lines) <= heads._MOST_LINES
    assert head("x1: 1", "X1:2").headers["x1"] == "1, 2"
