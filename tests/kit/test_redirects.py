"""A person is sent to web addresses only, and no address can break a header."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enlist.kit.redirects import safe_redirect

BASE = "https://shop.example.com"
bits = st.sampled_from(
    ["http", "https", "javascript", "data", ":", "/", "//", "\\", "@", "?", "#", "%", "%3A", "%2F", "%0d%0a", "\r\n",
     "\t", "ya.ru", "пример.рф", "[::1]", "[", "]", "..", ".", " ", "\0", "1", "xn--", "。", "ß", "\u202e", "٣"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://ya.ru/", "http://ya.ru/"),
        ("HTTPS://Ya.Ru/A?b=c&d#e", "https://ya.ru/A?b=c&d#e"),
        ("  http://ya.ru:8080/x ", "http://ya.ru:8080/x"),
        ("//ya.ru/x", "https://ya.ru/x"),
        ("thanks.php", "https://shop.example.com/thanks.php"),
        ("/thanks?a=1", "https://shop.example.com/thanks?a=1"),
        ("?x=1", "https://shop.example.com/?x=1"),
        ("../../x", "https://shop.example.com/x"),
        ("http://ya.ru/?u=http%3A%2F%2Fx.ru", "http://ya.ru/?u=http%3A%2F%2Fx.ru"),
        ("http://пример.рф/путь?а=б", "http://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C?%D0%B0=%D0%B1"),
        ("http://ya.ru/a b\"<>'", "http://ya.ru/a%20b%22%3C%3E'"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("http://ya.ru/@x?y=@z", "http://ya.ru/@x?y=@z"),
        ("http://my_shop.ya.ru./", "http://my_shop.ya.ru./"),
    ],
)
def test_web_addresses_and_relative_ones_become_absolute_and_clean(text: str, address: str) -> None:
    assert safe_redirect(text, BASE) == address


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
        "vbscript:x", "mailto:a@b.ru", "ftp://ya.ru/", "file:///etc/passwd", "localhost:80", "http:ya.ru",
        "http:/ya.ru",
        "http://good@evil.ru/", "http://a:b@evil.ru/", "http://@evil.ru/", "//good@evil.ru/", "http://good%40evil.ru/",
        "\\\\evil.ru", "/\\evil.ru", "http:\\\\evil.ru", "%5C%5Cevil.ru\\",
        "http://ya.ru/\r\nSet-Cookie: a=b", "/x\0", "http://ya.ru:port/",
        "http://ya.ru:99999/", "http://[::1/", "http://..", "http://a..b/", "http://ya.ru%00/", "http://ⅵ℀.ru/",
        "http://" + "я" * 100 + ".ru", "http://ya.ru/" + "x" * 2048, "http://ya.ru/" + "я" * 1000, "http://ya.ru/\ud800",
    ],
)  # fmt: skip
def test_everything_else_is_dropped(text: str) -> None:
    assert safe_redirect(text, BASE) is None


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("http://a.ru", "http://a.ru/x"),
        ("http://a.ru/", "http://a.ru/x"),
        ("http://a.ru/b/c.html", "http://a.ru/b/x"),
        ("http://a.ru:8080", "http://a.ru:8080/x"),
    ],
)
def test_a_relative_address_is_seen_from_the_base_as_a_browser_sees_it(base: str, address: str) -> None:
    assert safe_redirect("x", base) == address


@given(st.text() | st.lists(bits).map("".join) | st.lists(bits).map("".join).map(lambda text: quote(text, safe="")))
@example("http:///evil.ru")
@example("////evil.ru")
def test_whatever_comes_out_is_a_plain_web_address(text: str) -> None:
    found = safe_redirect(text, BASE)
    if found is None:
        return
    parts = urlsplit(found)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert "@" not in parts.netloc
    assert found.isascii()
    assert found.isprintable()
    assert not set(found) & set(' \\"<>')
    assert len(found) <= 2048
    assert safe_redirect(found, "http://elsewhere.example") == found
