"""Places by address: the operator's City database first, the country database behind it, and never an error."""

import logging
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.runtime.geo import NOWHERE, Geo, Place, default_country_file, single_time_zone
from tests.runtime import mmdb

GEOIP2 = {
    "country": {"iso_code": "RU", "names": {"en": "Russia", "ru": "Россия"}},
    "subdivisions": [
        {"iso_code": "KDA", "names": {"en": "Krasnodar Krai", "ru": "Краснодарский край"}},
        {"names": {"en": "smaller"}},
    ],
    "city": {"names": {"en": "Sochi", "ru": "Сочи"}},
    "location": {"time_zone": "Europe/Moscow"},
}
DB_IP = {
    "country": {"iso_code": "DE", "names": {"en": "Germany"}},
    "subdivisions": [{"names": {"en": "Bavaria"}}],
    "city": {"names": {"en": "Munich"}},
    "location": {"latitude": 48, "longitude": 11},
}
FLAT = {"country_code": "lv", "state1": "Riga", "city": "Riga", "timezone": "Europe/Riga"}


def a_file(folder: Path, networks: dict[str, Any], *, ip_version: int = 6) -> Path:
    file = folder / "places.mmdb"
    file.write_bytes(mmdb.write(networks, ip_version=ip_version))
    return file


def test_a_city_database_tells_all_four_in_english(tmp_path: Path) -> None:
    file = a_file(tmp_path, {"192.0.2.0/24": GEOIP2, "198.51.100.0/24": DB_IP, "2001:db8::/32": FLAT})
    geo = Geo(file, None)
    assert geo.find("192.0.2.7") == Place("RU", "Krasnodar Krai", "Sochi", "Europe/Moscow")
    assert geo.find("198.51.100.255") == Place("DE", "Bavaria", "Munich", "Europe/Berlin")  # a country of one clock
    assert geo.find("2001:db8::1") == Place("LV", "Riga", "Riga", "Europe/Riga")
    assert geo.find("203.0.113.1") == NOWHERE
    geo.close()
    assert geo.find("192.0.2.7") == NOWHERE


def test_an_address_is_the_same_however_it_is_dressed(tmp_path: Path) -> None:
    geo = Geo(a_file(tmp_path, {"192.0.2.0/24": GEOIP2}), None)
    for spelling in (" 192.0.2.7 ", "::ffff:192.0.2.7", "::FFFF:c000:0207"):
        assert geo.find(spelling).city == "Sochi", spelling


@pytest.mark.parametrize(
    "record",
    [
        {"country": {"iso_code": "RU"}, "location": {"time_zone": "Europe/Atlantis"}},
        {"country": {"iso_code": "RU"}, "location": {"time_zone": "../../etc/passwd"}},
        {"country": {"iso_code": "RU"}, "location": {"time_zone": ""}},
        {"country": {"iso_code": "RU"}, "location": {"time_zone": 3}, "subdivisions": [], "city": {}},
        {"country": {"iso_code": "RU"}, "location": [], "subdivisions": ["x"], "city": {"names": []}},
        {"country": {"iso_code": "RU"}, "subdivisions": {}, "city": {"names": {"de": "Sotschi"}}},
    ],
)
def test_what_a_record_says_badly_is_left_out(tmp_path: Path, record: dict[str, Any]) -> None:
    assert Geo(a_file(tmp_path, {"192.0.2.0/24": record}), None).find("192.0.2.1") == Place("RU")


@pytest.mark.parametrize("record", ["text", [], {}, {"country": 7}, {"country": {"iso_code": "Россия"}}])
def test_a_record_that_says_nothing_is_nowhere(tmp_path: Path, record: Any) -> None:
    assert Geo(a_file(tmp_path, {"192.0.2.0/24": record}), None).find("192.0.2.1") == NOWHERE


def test_the_country_database_answers_what_the_other_does_not(tmp_path: Path) -> None:
    city = a_file(tmp_path, {"192.0.2.0/24": GEOIP2}, ip_version=4)
    geo = Geo(city, default_country_file())
    assert geo.find("192.0.2.7").city == "Sochi"
    assert geo.find("8.8.8.8") == Place("US")
    assert geo.find("2001:4860:4860::8888") == Place("US")
    assert geo.find("85.214.132.117") == Place("DE", "", "", "Europe/Berlin")
    assert geo.find("192.168.1.1") == NOWHERE


@pytest.mark.parametrize("content", [None, b"", b"no database", b"\xab\xcd\xefMaxMind.com", bytes(5000)])
def test_a_file_that_is_none_is_warned_of_once(
    tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "broken.mmdb"
    if content is not None:
        file.write_bytes(content)
    geo = Geo(file, None)
    assert geo.find("8.8.8.8") == geo.find("8.8.4.4") == NOWHERE
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "broken.mmdb" in caplog.text


def test_a_damaged_file_is_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = a_file(tmp_path, {"192.0.2.0/24": GEOIP2})
    whole = file.read_bytes()
    start = whole.index(b"country") - 2
    file.write_bytes(whole[:start] + b"\xff" * 40 + whole[start + 40 :])
    geo = Geo(file, None)
    assert geo.find("192.0.2.7") == geo.find("192.0.2.8") == NOWHERE
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "ip",
    ["", " ", "x", "8.8.8", "8.8.8.8/8", "08.8.8.8", "8.8.8.8\0", "::1::", "1" * 100_000, "٨.8.8.8", "%eth0", "\ud800"],
)
def test_hostile_text_is_nowhere(ip: str) -> None:
    assert Geo(None, default_country_file()).find(ip) == NOWHERE


@given(st.text(st.characters(), max_size=70) | st.ip_addresses().map(str))
def test_any_text_has_a_place_or_none(ip: str) -> None:
    place = GEO.find(ip)
    assert place == NOWHERE or len(place.country) == 2
    assert place.time_zone == "" or ZoneInfo(place.time_zone)


GEO = Geo(None, default_country_file())


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("DE", "Europe/Berlin"),
        ("KZ", "Asia/Almaty"),
        ("IN", "Asia/Kolkata"),
        ("AR", "America/Argentina/Buenos_Aires"),
        ("RU", ""),
        ("US", ""),
        ("ES", ""),
        ("XX", ""),
        ("", ""),
    ],
)
def test_a_country_has_a_time_zone_when_all_its_clocks_agree(country: str, zone: str) -> None:
    assert single_time_zone(country) == zone
