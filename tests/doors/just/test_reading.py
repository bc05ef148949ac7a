"""Fields are read from wherever and however a client sends them, and nothing that comes breaks the reader."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.doors.just.reading import Fields, read_fields
from enlist.runtime.http import BodyTooLarge, ClientGone, Request
from tests.doors.just import requests
from tests.support.wire import connect

URLENCODED = "application/x-www-form-urlencoded"


async def read(body: bytes = b"", content_type: str = "", query: str = "", method: str = "POST") -> Fields:
    """Read the fields of a request that is sent to the real server."""
    found: list[Fields] = []

    async def app(request: Request) -> None:
        found.append(await read_fields(request, limit=1_000_000))

    connection, _ = connect(app)
    head = f"{method} /?{query} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    head += f"Content-Type: {content_type}\r\n" if content_type else ""
    connection.data_received(head.encode("latin-1") + b"\r\n" + body)
    assert connection.at_work
    await connection.at_work
    return found[0]


@pytest.mark.parametrize("encode", requests.ENCODINGS.values(), ids=requests.ENCODINGS)
async def test_each_encoding_says_the_same(encode: requests.Encoding) -> None:
    fields = {"juid": "a1", "name": 'Ann "the" Cat & Co=+%', "city": "Москва", "empty": ""}
    query, body, content_type = encode(fields)
    found = await read(body, content_type, query)
    assert {name: found.text(name) for name in fields} == fields
    assert found.text("other") == ""
    assert found.mark("other") is None
    assert found.mark("empty") == ""
    assert found.unreadable == ""


async def test_the_query_goes_before_the_body_and_the_last_of_a_name_before_the_others() -> None:
    found = await read(b"a=1&a=2&b=3&c=4", URLENCODED, "b=5&b=6&c=")
    assert [found.text(name) for name in "abc"] == ["2", "6", ""]
    found = await read(b'{"a":1,"a":2,"b":3}', "application/json", "b=6")
    assert [found.text(name) for name in "ab"] == ["2", "6"]


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("x", "x"),
        ('"x"', "x"),
        ('""', ""),
        ('"', '"'),
        ('""x""', '"x"'),
        ('"x', '"x'),
        (" x ", "x"),
        ('" x "', "x"),
        ('"x" ', '"x"'),
        ("'x'", "'x'"),
        ("\t\n", ""),
    ],
)
@pytest.mark.parametrize("encode", requests.ENCODINGS.values(), ids=requests.ENCODINGS)
async def test_one_pair_of_quotes_and_then_blanks_fall_away(encode: requests.Encoding, sent: str, value: str) -> None:
    query, body, content_type = encode({"email": sent, "data": sent})
    found = await read(body, content_type, query)
    assert found.text("email") == found.mark("email") == value
    assert found.exact("data") == sent


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_body_of_a_get_is_not_read(method: str) -> None:
    found = await read(b"a=2&b=3", URLENCODED, "a=1", method)
    assert [found.text(name) for name in "ab"] == ["1", ""]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", ""),
        (b"", URLENCODED),
        (b"", "multipart/form-data"),
        (b"", "application/json"),
        (b"\r\n--B--\r\n", "multipart/form-data; boundary=B"),
        (b"{}", "application/json"),
        (b"&&&", URLENCODED),
    ],
)
async def test_no_fields_at_all_are_fine(body: bytes, content_type: str) -> None:
    found = await read(body, content_type)
    assert (found.text("juid"), found.unreadable) == ("", "")


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"juid=\xff", URLENCODED, "not UTF-8"),
        (b"juid=%00", URLENCODED, "NUL"),
        (b"&".join(b"a%d=" % n for n in range(1001)), URLENCODED, "1000 fields"),
        (b"juid=a", "multipart/form-data", "no boundary"),
        (b"juid=a", "multipart/form-data; boundary=B", "multipart"),
        (
            b'--A\r\nContent-Disposition: form-data; name="juid"\r\n\r\na\r\n--A--\r\n',
            "multipart/form-data; boundary=B",
            "multipart",
        ),
        (b"[1]", "application/json", "no JSON object"),
        (b'{"juid":"a"', "application/json", "no JSON object"),
        (b'{"juid":"\\u0000"}', "application/json", "no JSON object"),
        (b'{"juid":"\\ud800"}', "application/json", "no JSON object"),
        (b'{"juid":"\xff"}', "application/json", "no JSON object"),
        (b'{"a":' * 100_000, "application/json", "no JSON object"),
        (b"[" * 900_000, "application/vnd.api+json", "no JSON object"),
    ],
)
async def test_a_body_that_cannot_be_read_has_no_fields_and_says_why(
    body: bytes, content_type: str, reason: str
) -> None:
    found = await read(body, content_type, "label=login")
    assert reason in found.unreadable
    assert found.unreadable.startswith("the body ")
    assert (found.text("juid"), found.text("label")) == ("", "login")


async def test_a_query_that_cannot_be_read_leaves_the_body() -> None:
    found = await read(b"juid=a", URLENCODED, "label=%FF")
    assert (found.text("juid"), found.text("label"), found.unreadable) == ("a", "", "the query is not UTF-8")


async def test_a_json_object_is_taken_for_one_whatever_its_type_says() -> None:
    for content_type in (URLENCODED, "text/plain", "", "application/json; charset=utf-8", "Application/JSON"):
        found = await read(b' \n{"juid":"a","number":99988800066}', content_type)
        assert (found.text("juid"), found.text("number")) == ("a", "99988800066"), content_type
    assert (await read(b'\xef\xbb\xbf{"juid":"a"}', "application/json")).text("juid") == "a"
    # A brace at the front that opens no object belongs to a form.
    assert (await read(b"{x}=1&juid=a", URLENCODED)).text("juid") == "a"


async def test_json_values_are_read_as_a_form_would_have_sent_them() -> None:
    body = {"int": -5, "true": True, "false": False, "null": None, "list": [1, "b", [2], {}], "object": {"a": 1}}
    found = await read(json.dumps(body).encode(), "application/json")
    assert [found.text(name) for name in body] == ["-5", "1", "", "", "1,b", ""]
    assert found.mark("object") is None
    assert found.whole is not None


async def test_a_body_beyond_the_limit_and_a_client_that_left_are_not_fields() -> None:
    refused: list[type[Exception]] = []

    async def app(request: Request) -> None:
        try:
            await read_fields(request, limit=10_000)
        except (BodyTooLarge, ClientGone) as reason:
            refused.append(type(reason))

    head = b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection, _ = connect(app)
    connection.data_received(head + b"2711\r\n" + bytes(10_001))
    assert connection.at_work
    await connection.at_work
    connection, _ = connect(app)
    connection.data_received(head + b"10\r\n")
    connection.connection_lost(None)
    assert connection.at_work
    await connection.at_work
    assert refused == [BodyTooLarge, ClientGone]


names = st.sampled_from(["juid", "email", "data", "data[email]", "data[", "a b", "é"]) | st.text(
    st.characters(exclude_characters='\0[]"\\\r\n', exclude_categories=["Cs"]), min_size=1, max_size=8
)
values = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(names, values, max_size=6), st.sampled_from(sorted(requests.ENCODINGS)))
async def test_any_fields_arrive_whole_in_any_encoding(fields: dict[str, str], encoding: str) -> None:
    query, body, content_type = requests.ENCODINGS[encoding](fields)
    found = await read(body, content_type, query)
    assert {name: found.exact(name) for name in fields} == fields


BITS = [b"--B", b"--", b"\r\n", b'Content-Disposition: form-data; name="a"', *(b"%c" % bit for bit in b'x{"}:[&=%')]
TYPES = [
    "",
    URLENCODED,
    "application/json",
    "multipart/form-data; boundary=B",
    "multipart/mixed; boundary=",
    "multipart/form-data; boundary*=utf-8''%FF",
    'multipart/; boundary="\xff"',
]


@given(
    st.binary(max_size=200) | st.lists(st.sampled_from(BITS)).map(b"".join),
    st.sampled_from(TYPES) | st.text(st.characters(max_codepoint=255, exclude_characters="\0\r\n"), max_size=40),
    st.text(max_size=30).map(lambda text: "juid=" + quote(text, errors="replace"))
    | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
)
async def test_whatever_comes_is_read_or_says_why_not(body: bytes, content_type: str, query: str) -> None:
    found = await read(body, content_type, query)
    for name in ("juid", "email", "data"):
        assert "\0" not in found.text(name)
        found.text(name).encode()
        found.nested(name)
