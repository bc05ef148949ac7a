"""Form bodies are read as PHP reads them, whatever a client sends."""

from urllib.parse import parse_qsl, unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enlist.doors.justclick import signing
from enlist.kit import php_form
from enlist.kit.php_form import Form, MalformedForm, Pair, Tree, read_multipart, split

MULTIPART = "multipart/form-data; boundary=B"

no_nul = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
names = no_nul.filter(lambda name: "[" not in name)
wire_bits = st.sampled_from(
    [b"%", b"&", b"=", b"+", b"\\", b"[", b"]", b"%D0", b"%98", b"%00", b"%2", b"x", b"\xff", b"D"]
)


def pairs_of(body: bytes) -> list[Pair]:
    return split(body, max_fields=100)


def form_of(body: bytes) -> Form:
    return Form(pairs_of(body))


def multipart_pairs(body: bytes, content_type: str = MULTIPART, size: int = 1000) -> list[Pair]:
    return read_multipart(body, content_type, max_fields=3, max_field_size=size)


def part(name: str, value: bytes, more: str = "") -> bytes:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        (b"", []),
        (b"a=1&b=2", [("a", "1"), ("b", "2")]),
        (b"a=1&a=2", [("a", "1"), ("a", "2")]),
        (b"&&a=1&&", [("a", "1")]),
        (b"a&b=", [("a", ""), ("b", "")]),
        (b"=x&=", [("", "x"), ("", "")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a+b=c+d%2Be", [("a b", "c d+e")]),
        (b"a=1;b=2", [("a", "1;b=2")]),
        (b"n=%D0%98%d0%b2", [("n", "Ив")]),
        ("n=Ив".encode(), [("n", "Ив")]),
        (
            b"a=%&b=%4&c=1%zz%41&d=%u0418&e=%%41",
            [("a", "%"), ("b", "%4"), ("c", "1%zzA"), ("d", "%u0418"), ("e", "%A")],
        ),
        (rb"a=\x41\&b=%5C\u0041%41", [("a", r"\x41" + "\\"), ("b", "\\" + r"\u0041A")]),
        (b"rid%5B0%5D=s&h%61sh=1", [("rid[0]", "s"), ("hash", "1")]),
    ],
)
def test_a_body_is_split_into_decoded_pairs_in_the_order_of_the_wire(body: bytes, pairs: list[Pair]) -> None:
    assert pairs_of(body) == pairs


@pytest.mark.parametrize(
    "body", [b"a=\xff", b"a=%FF", b"%FF=a", b"a=%D0&b=%98", b"a=\0", b"a=%00", b"%00=a", b"a=%%00", b"a=%ED%A0%80"]
)
def test_text_that_is_not_utf8_and_nul_are_refused(body: bytes) -> None:
    with pytest.raises(MalformedForm):
        pairs_of(body)


def test_too_many_fields_are_refused_and_empty_segments_do_not_count() -> None:
    assert len(split(b"&&&&a=1&&b=2&&", max_fields=2)) == 2
    with pytest.raises(MalformedForm, match="more than 2 fields"):
        split(b"a&b&c", max_fields=2)


def test_brackets_deeper_than_eight_are_refused_unless_they_are_broken() -> None:
    assert pairs_of(b"a" + b"[x]" * 8 + b"=1")
    for deep in (b"[x]" * 9, b"%5Bx%5D" * 9, b"[x]" * 2000):
        with pytest.raises(MalformedForm, match="deeper than 8"):
            pairs_of(b"a" + deep + b"=1")
    assert pairs_of(b"a" + b"[" * 2000 + b"=1")


def test_a_flood_of_names_does_not_keep_the_real_ones_out_of_memory() -> None:
    for number in range(10_000):
        pairs_of(b"made_up_%d=1" % number)
    pairs_of(b"lead_email=1&" + b"long" * 1000 + b"=1")
    assert b"lead_email" in php_form._names
    assert len(php_form._names) <= 2048
    assert max(map(len, php_form._names)) <= 64


@given(st.binary() | st.lists(wire_bits).map(b"".join))
def test_arbitrary_bytes_give_pairs_or_a_malformed_form(body: bytes) -> None:
    try:
        form = form_of(body)
    except MalformedForm:
        return
    for name, value in form.pairs:
        assert form.text(name) == form.pairs[max(i for i, pair in enumerate(form.pairs) if pair[0] == name)][1]
        head = name.partition("[")[0]
        assert isinstance(form.tree(head), str | dict | None)
        assert all(isinstance(text, str) for text in (*form.texts(head), *form.mapping(head).values(), value))


@given(st.lists(wire_bits).map(b"".join))
@example(b"\\")
@example(rb"%5Cx41\x4%4")
def test_escapes_are_undone_as_the_standard_library_does(raw: bytes) -> None:
    assert php_form._unescape(raw) == unquote_to_bytes(raw)


@given(st.lists(st.tuples(names, no_nul)))
def test_what_php_encodes_is_read_back(pairs: list[Pair]) -> None:
    assert pairs_of(signing.as_php(pairs).encode()) == pairs


@given(st.lists(st.tuples(names.filter(bool), no_nul)))
def test_well_formed_bodies_read_as_the_standard_library_reads_them(pairs: list[Pair]) -> None:
    body = signing.as_php(pairs)
    assert pairs_of(body.encode()) == parse_qsl(body, keep_blank_values=True)


def test_the_last_value_of_a_plain_field_wins() -> None:
    form = form_of(b"a=1&a=2&empty=")
    assert form.text("a") == "2"
    assert form.text("b") == ""
    assert form.text("b", "default") == "default"
    assert "a" in form
    assert "empty" in form
    assert "b" not in form
    assert form.text("empty", "default") == ""


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (b"", []),
        (b"rid=a", ["a"]),
        (b"rid=a&rid=b", ["b"]),
        (b"rid[]=a&rid[]=b", ["a", "b"]),
        (b"rid[0]=a&x=1&rid[1]=b", ["a", "b"]),
        (b"rid[7]=a&rid[]=b&rid[0]=c", ["a", "b", "c"]),
        (b"rid[0]=a&rid[0]=b", ["b"]),
        (b"rid[]=a&rid[0]=b", ["b"]),
        (b"rid=a&rid[]=b", ["b"]),
        (b"rid[]=a&rid=b", ["b"]),
        (b"rid[0][x]=a&rid[1]=b", ["b"]),
        (b"rid[0=a&rid]=b&rid[0]x=c&rids[0]=d", []),
    ],
)
def test_a_list_is_read_however_its_indexes_are_written(body: bytes, texts: list[str]) -> None:
    assert form_of(body).texts("rid") == texts


def test_a_mapping_holds_what_stands_in_single_brackets() -> None:
    form = form_of(b"utm%5Butm_medium%5D=cpc&utm[utm_source]=x&utm[deep][er]=y&utm=&utm[utm_source]=z&utm[a]=b")
    assert form.mapping("utm") == {"utm_source": "z", "a": "b"}
    assert form_of(b"utm=x").mapping("utm") == {}
    assert form_of(b"").mapping("utm") == {}


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        (b"goods[0][good_name]=a&goods[0][good_sum]=1&goods[1][good_name]=b",
         {"0": {"good_name": "a", "good_sum": "1"}, "1": {"good_name": "b"}}),
        (b"goods[][n]=a&goods[][n]=b", {"0": {"n": "a"}, "1": {"n": "b"}}),
        (b"goods[5]=a&goods[]=b&goods[07]=c&goods[]=d", {"5": "a", "6": "b", "07": "c", "7": "d"}),
        (b"goods[a]=1&goods[a][b]=2", {"a": {"b": "2"}}),
        (b"goods[a][b]=2&goods[a]=1", {"a": "1"}),
        (b"goods=1", "1"),
        (b"goods[" + b"9" * 5000 + b"]=1&goods[]=2", {"9" * 5000: "1", "0": "2"}),
        (b"goods[a[b]=1", {"a[b": "1"}),
        (b"good=1", None),
    ],
)  # fmt: skip
def test_brackets_nest_as_in_php(body: bytes, tree: Tree | str | None) -> None:
    assert form_of(body).tree("goods") == tree


@pytest.mark.parametrize("name", ["a[", "a[0", "a[0]x", "a[0]x[1]", "a[b[c]]", "[a]", "[", "]", "a]", "a[0]]"])
def test_a_name_with_broken_brackets_is_a_plain_one(name: str) -> None:
    form = form_of(signing.as_php([(name, "1")]).encode())
    assert form.text(name) == "1"
    assert form.tree("a") is None


def test_multipart_fields_are_read_in_order_and_files_are_left_out() -> None:
    body = part("rid[0]", b"super") + part("f", b"\xff\0", '; filename="a.bin"') + part("n", "Ив\r\nан".encode())
    assert multipart_pairs(body + b"--B--\r\n") == [("rid[0]", "super"), ("n", "Ив\r\nан")]


@pytest.mark.parametrize("body", [b"", b"--B--", b"--B--\r\n", b"\r\n--B--\r\n"])
def test_a_multipart_form_without_parts_is_empty(body: bytes) -> None:
    assert multipart_pairs(body) == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (part("a", b"1") + b"--B--", "multipart/form-data; boundary=other"),
        (part("a", b"1") + b"--B--", "multipart/form-data"),
        (part("a", b"1") + b"--B--", 'multipart/form-data; boundary=""'),
        (part("a", b"1") + b"--B--", "multipart/form-data; boundary=\udcff"),
        (part("a", b"1"), MULTIPART),
        (part("a", b"1")[:-2], MULTIPART),
        (part("a", b"\xff") + b"--B--", MULTIPART),
        (part("a", b"\0") + b"--B--", MULTIPART),
        (part("a\0", b"1") + b"--B--", MULTIPART),
        (part("a" + "[x]" * 9, b"1") + b"--B--", MULTIPART),
        (part("a", b"x" * 1001) + b"--B--", MULTIPART),
        (part("a", b"1") * 4 + b"--B--", MULTIPART),
        (b"a=1&b=2", MULTIPART),
    ],
)
def test_what_is_no_proper_multipart_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(MalformedForm):
        multipart_pairs(body, content_type)


@given(
    st.binary()
    | st.lists(
        st.sampled_from([b"--B", b"\r\n", b"--", b'Content-Disposition: form-data; name="a"', b"; filename=x", b"\xff",
                         b"Content-Length: 1", b"Content-Type: text/plain; charset=x", b"\0", b" ", b"v"])
    ).map(b"".join),
    st.just(MULTIPART) | st.text().map(lambda text: f"multipart/form-data; boundary={text}"),
)  # fmt: skip
def test_arbitrary_multipart_bodies_give_pairs_or_a_malformed_form(body: bytes, content_type: str) -> None:
    try:
        pairs = multipart_pairs(body, content_type)
    except MalformedForm:
        return
    assert all(isinstance(text, str) for pair in pairs for text in pair)


@given(st.lists(st.text("abcЖ[]0", min_size=1).map(lambda name: (name, 'Ж\n"x'))).filter(lambda pairs: len(pairs) < 4))
def test_multipart_and_urlencoded_bodies_say_the_same(pairs: list[Pair]) -> None:
    body = b"".join(part(name, value.encode()) for name, value in pairs) + b"--B--\r\n"
    assert multipart_pairs(body) == pairs_of(signing.as_php(pairs).encode())
