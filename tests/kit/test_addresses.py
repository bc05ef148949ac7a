"""The client's address is believed from trusted proxies only, and networks are read and matched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.kit.addresses import allowed, client_address, network_of, parse_networks

TRUSTED = parse_networks("10.0.0.0/8, 127.0.0.1 fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.2.3.4 ,, fd00::1", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "2001:DB8:0::1", "2001:db8::1"),
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1%eth0", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", ""),
        ("unix:", "198.51.100.1", "unix:"),
    ],
)
def test_forwarded_addresses_are_believed_as_far_as_trusted_hops_vouch(
    peer: str, forwarded: str | None, client: str
) -> None:
    assert client_address(peer, forwarded, TRUSTED) == client


def test_nobody_is_trusted_unless_told() -> None:
    assert client_address("127.0.0.1", "198.51.100.1", ()) == "127.0.0.1"


@given(st.text(), st.none() | st.text() | st.text("0123456789.:[], fa%"))
def test_no_header_raises(peer: str, forwarded: str | None) -> None:
    assert client_address(peer, forwarded, TRUSTED) is not None
    assert isinstance(client_address("10.0.0.1", forwarded, TRUSTED), str)
    assert isinstance(allowed(peer, TRUSTED), bool)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.255.0.1", True),
        ("11.0.0.1", False),
        ("127.0.0.1", True),
        ("127.0.0.2", False),
        ("fd12::1", True),
        ("fe80::1", False),
        ("::ffff:10.1.1.1", True),
        ("", False),
        ("x", False),
    ],
)
def test_an_address_is_allowed_if_it_lies_in_a_network(address: str, inside: bool) -> None:
    assert allowed(address, TRUSTED) is inside


def test_networks_are_read_with_any_dividers() -> None:
    assert [str(network) for network in TRUSTED] == ["10.0.0.0/8", "127.0.0.1/32", "fd00::/8"]
    assert parse_networks(" , ") == ()
    assert [str(network) for network in parse_networks("10.1.2.3/8\n::ffff:10.0.0.0/104")] == ["10.0.0.0/8"] * 2


@pytest.mark.parametrize("text", ["10.0.0.0/33", "example.com", "10.0.0.0/8,x"])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no network; one looks like"):
        parse_networks(text)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::%eth0", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("not:an:address", "not:an:address"),
        ("", ""),
        ("a unix socket", "a unix socket"),
    ],
)
def test_the_addresses_of_a_household_count_as_one(address: str, network: str) -> None:
    assert network_of(address) == network
