"""The signature is checked as every known client makes it, and nothing else passes."""

import json
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enlist.doors.justclick.signing import as_javascript, as_php, request_verifies, response_hash, sign, without_hash
from enlist.kit.php_form import Pair, split

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "justclick.json").read_text(encoding="utf-8"))
CASES = [pytest.param(vector, id=vector["id"]) for vector in VECTORS["vectors"]]

KEY = "aB#9=v&d?[s]}|2;x5)|L%4+tV6::wJ-~!*'ключ"
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
names = texts.filter(lambda name: name != "hash" and "[" not in name)
some_pairs = st.lists(st.tuples(names, texts), max_size=8)


def verifies(body: str | bytes, login: str = "shop", key: str = KEY, *, cut: bool = True) -> bool:
    raw = body if isinstance(body, bytes) else body.encode()
    pairs = split(raw, max_fields=100)
    sent = dict(pairs).get("hash", "")
    return request_verifies(body=raw if cut else None, pairs=pairs, sent=sent, login=login, key=key)


def hash_of(query: str) -> str:
    return md5(f"{query}::shop::{KEY}".encode()).hexdigest()


@pytest.mark.parametrize("vector", CASES)
def test_the_recorded_requests_of_real_clients_verify_and_forged_ones_do_not(vector: dict[str, Any]) -> None:
    assert verifies(vector["raw_body"], vector["user"], vector["secret"]) is vector["accept"]


@pytest.mark.parametrize("vector", CASES)
def test_each_way_of_encoding_verifies_the_recorded_requests_that_it_should(vector: dict[str, Any]) -> None:
    raw = vector["raw_body"].encode()
    plain = [pair for pair in split(raw, max_fields=100) if pair[0] != "hash"]
    ways = {"cut": without_hash(raw).decode(), "php": as_php(plain), "js": as_javascript(plain)}
    tail = f"::{vector['user']}::{vector['secret']}"
    right = {way for way, query in ways.items() if md5((query + tail).encode()).hexdigest() == vector["sent_hash"]}
    assert right == set(vector["verifies_as"]) & set(ways)


@pytest.mark.parametrize("vector", CASES)
def test_the_recorded_requests_are_split_into_what_their_clients_meant(vector: dict[str, Any]) -> None:
    plain = [pair for pair in split(vector["raw_body"].encode(), max_fields=100) if pair[0] != "hash"]
    assert plain == [tuple(pair) for pair in vector["params"]]


@pytest.mark.parametrize("case", VECTORS["response_signature"]["cases"])
def test_recorded_answers_are_signed_the_same(case: dict[str, Any]) -> None:
    assert response_hash(case["error_code"], case["error_text"], case["secret"]) == case["hash"]


@pytest.mark.parametrize(
    ("code", "text", "hash_"),
    [
        (0, "ok", "37457149f1bf55e88a03873fb2d81d12"),
        (0, "OK", "9b6ae84835799b83df39333b7a6e40e8"),
        (103, "has an invalid subscriptions group", "6d3f8e31d068c2599fe15830a4f98e39"),
    ],
)
def test_answers_are_signed_as_the_protocol_page_says(code: int, text: str, hash_: str) -> None:
    assert response_hash(code, text, "test-secret-key") == hash_  # wire.md §4


@pytest.mark.parametrize(
    ("pairs", "query", "hash_"),
    [
        ([], "", "d81e18a8a43205698b9a0b350c6a6565"),
        ([("email", "lead@example.com")], "email=lead%40example.com", "025901c093a41d1339c8b2d712cca270"),
        (
            [("rid[0]", "super"), ("lead_name", "Анна Smith"), ("lead_email", "lead+1@example.com"), ("tag", "a b~c"),
             ("activation", "1"), ("utm[utm_medium]", "affiliate"), ("utm[utm_source]", "partner1")],
            "rid%5B0%5D=super&lead_name=%D0%90%D0%BD%D0%BD%D0%B0+Smith&lead_email=lead%2B1%40example.com&tag=a+b%7Ec"
            "&activation=1&utm%5Butm_medium%5D=affiliate&utm%5Butm_source%5D=partner1",
            "902f2ece0bd9c08ac5299e4e5ef40152",
        ),
        (
            [("goods[0][good_name]", "invoice"), ("goods[0][good_sum]", "1500"), ("goods[1][good_name]", "sales"),
             ("bill_email", "buyer@example.com"), ("bill_timer_kill", "0"), ("bill_created", "1291001819")],
            "goods%5B0%5D%5Bgood_name%5D=invoice&goods%5B0%5D%5Bgood_sum%5D=1500&goods%5B1%5D%5Bgood_name%5D=sales"
            "&bill_email=buyer%40example.com&bill_timer_kill=0&bill_created=1291001819",
            "81e622c35593985c8367d07e14c12bb3",
        ),
        (
            [("begin_date", "01.01.2017"), ("end_date", "01.02.2017"), ("paid", "true"), ("goods[0]", "1"),
             ("goods[1]", "2"), ("goods[2]", "3")],
            "begin_date=01.01.2017&end_date=01.02.2017&paid=true&goods%5B0%5D=1&goods%5B1%5D=2&goods%5B2%5D=3",
            "6eee2a0c358aad4e6bf7fd69ca226238",
        ),
    ],
)  # fmt: skip
def test_requests_are_signed_as_php_signs_them(pairs: list[Pair], query: str, hash_: str) -> None:
    assert as_php(pairs) == query  # wire.md §2.5
    assert sign(pairs, "username", "test-secret-key") == (f"{query}&hash={hash_}" if query else f"hash={hash_}")
    assert verifies(sign(pairs, "username", "test-secret-key"), "username", "test-secret-key")


def test_php_and_javascript_differ_in_six_letters_only() -> None:
    every = "".join(map(chr, range(1, 128)))
    assert as_php([(every, "")]).count("%") - as_javascript([(every, "")]).count("%") == 6
    assert as_javascript([("~!*'()", "a b%21я")]) == "~!*'()=a+b%2521%D1%8F"


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        (b"hash=x", b""),
        (b"hash", b""),
        (b"a=1&hash=x", b"a=1"),
        (b"hash=x&a=1", b"a=1"),
        (b"a=1&hash=x&b=2", b"a=1&b=2"),
        (b"hash=x&a=1&hash=y", b"a=1"),
        (b"hash&a=1&hash=y", b"a=1"),
        (b"a=1&h%61sh=x&hash=y", b"a=1"),
        (b"a=1&%68%61%73%68=x", b"a=1"),
        (b"a=1&hash=x&", b"a=1&"),
        (b"a=1&&hash=x", b"a=1&"),
        (b"hashtag=1&my_hash=2&a=hash&hash=x", b"hashtag=1&my_hash=2&a=hash"),
        (b"a=1&hashtag=x", b"a=1&hashtag=x"),
        (b"a=1&HASH=x", b"a=1&HASH=x"),
        (b"a=1", b"a=1"),
        (b"", b""),
    ],
)
def test_the_hash_is_cut_out_wherever_it_stands_and_however_it_is_spelt(body: bytes, rest: bytes) -> None:
    assert without_hash(body) == rest


def test_the_last_of_several_hashes_counts() -> None:
    right = hash_of("a=1")
    assert verifies(f"hash={'0' * 32}&a=1&hash={right}")
    assert not verifies(f"hash={right}&a=1&hash={'0' * 32}")


@given(some_pairs, st.integers(0, 8))
def test_whatever_is_signed_verifies_wherever_the_hash_is_put(pairs: list[Pair], place: int) -> None:
    *rest, hash_ = sign(pairs, "shop", KEY).split("&")
    rest.insert(place, hash_)
    body = "&".join(rest)
    assert verifies(body)
    assert verifies(body, cut=False)
    assert verifies(body.replace(hash_, "hash=" + hash_[5:].upper()))
    assert verifies(body.replace("hash=", "h%61sh="))
    assert not verifies(body, login="shops")
    assert not verifies(body, key=KEY + "x")


@given(some_pairs)
def test_what_javascript_signs_and_posts_with_other_escapes_verifies(pairs: list[Pair]) -> None:
    hash_ = hash_of(as_javascript(pairs))
    assert verifies(as_php(pairs).replace("+", "%20").replace("%D0", "%d0") + f"&hash={hash_}")


@given(some_pairs.filter(bool), st.data())
def test_one_changed_letter_of_a_value_fails_the_check(pairs: list[Pair], data: st.DataObject) -> None:
    signed = sign(pairs, "shop", KEY)
    place = data.draw(st.integers(0, len(pairs) - 1))
    name, value = pairs[place]
    letter = data.draw(st.integers(0, len(value)))
    changed = value[:letter] + data.draw(st.text("aЖ&= +%'", max_size=1)) + value[letter + 1 :]
    assume(changed != value)
    pairs[place] = (name, changed)
    body = f"{as_php(pairs)}&{signed.rpartition('&')[2]}"
    assert not verifies(body)
    assert not verifies(body, cut=False)


@given(st.binary(), st.none() | st.binary(), st.text() | st.text("0123456789abcdefABCDEFЁ", min_size=32, max_size=32),
       st.text(), st.text())  # fmt: skip
def test_nothing_sent_makes_the_check_raise_or_pass(
    body: bytes, signed: bytes | None, sent: str, login: str, key: str
) -> None:
    pairs = [(body.decode("latin-1"), "\ud800"), ("hash", sent)]
    assert not request_verifies(body=signed, pairs=pairs, sent=sent, login=login, key=key)


@given(st.text(st.characters(exclude_categories=[])), some_pairs)
def test_a_key_may_hold_any_characters(key: str, pairs: list[Pair]) -> None:
    assert verifies(sign(pairs, "shop", key), "shop", key)


@pytest.mark.parametrize("sent", ["", "0", "0" * 32, "é" * 32, "\ud800" * 32, "0" * 100_000])
def test_a_hash_of_the_wrong_look_is_just_wrong(sent: str) -> None:
    assert not request_verifies(body=b"a=1", pairs=[("a", "1")], sent=sent, login="shop", key=KEY)
