"""Where in the world an address is: a country out of the box, region and city with a database of the operator's."""

import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import resources
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import maxminddb
import msgspec

_log = logging.getLogger(__name__)

_LONGEST_ADDRESS: Final = 64
_COUNTRY_FILE: Final = "iptoasn-country-mmdb/iptoasn-country.mmdb"


class Place(msgspec.Struct, frozen=True):
    """A person's location, as far as known: an ISO country code, names in English, an IANA time zone; else empty."""

    country: str = ""
    region: str = ""
    city: str = ""
    time_zone: str = ""


NOWHERE: Final = Place()


def default_country_file() -> Path:
    """Name the country database that `make setup` puts beside this Python (`scripts/geo`)."""
    return Path(sys.prefix, "share", "enlist", "node_modules", "@ip-location-db", _COUNTRY_FILE)


class Geo:
    """Finds places by address in MaxMind DB files, which are mapped into memory and asked without any I/O of ours.

    A file that cannot be read is warned of once and then does without.
    """

    def __init__(self, city_file: Path | None, country_file: Path | None) -> None:
        """Open the operator's ``city_file`` and the ``country_file`` that answers what the former does not."""
        self._sources = [
            source for file in (city_file, country_file) if file is not None and (source := _Source.open(file))
        ]

    def find(self, ip: str) -> Place:
        """Find the place of an IPv4 or IPv6 address; an empty one for any other text."""
        address = _normalise(ip)
        if address is None:
            return NOWHERE
        for source in self._sources:
            place = source.find(address)
            if place != NOWHERE:
                return place
        return NOWHERE

    def close(self) -> None:
        """Let go of the files."""
        for source in self._sources:
            source.close()
        self._sources = []


class _Source:
    """One opened file."""

    def __init__(self, file: Path, reader: maxminddb.Reader) -> None:
        self._file = file
        self._reader = reader
        self._has_failed = False

    @classmethod
    def open(cls, file: Path) -> "_Source | None":
        try:
            return cls(file, maxminddb.open_database(file, maxminddb.MODE_AUTO))
        except Exception as reason:  # the file is not ours and may hold anything
            _log.warning("the geo database %s cannot be used: %s", file, reason)
            return None

    def find(self, address: str) -> Place:
        try:
            return _read(self._reader.get(address))
        except ValueError:  # an IPv6 address, and a database of IPv4
            return NOWHERE
        except Exception as reason:
            if not self._has_failed:
                self._has_failed = True
                _log.warning("the geo database %s is damaged: %s", self._file, reason)
            return NOWHERE

    def close(self) -> None:
        self._reader.close()


def _normalise(ip: str) -> str | None:
    """Write an address in its plain form; an IPv4-mapped IPv6 address as IPv4."""
    if len(ip) > _LONGEST_ADDRESS:
        return None
    try:
        address = ip_address(ip.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _read(record: object) -> Place:
    """Read a record of GeoIP2, GeoLite2 or DB-IP (nested), or of ip-location-db (flat)."""
    if not isinstance(record, Mapping):
        return NOWHERE
    if "country_code" in record:
        country, region, city, zone = (_text(record.get(key)) for key in ("country_code", "state1", "city", "timezone"))
    else:
        country = _text(_within(record, "country").get("iso_code"))
        divisions = record.get("subdivisions")
        region = _name(divisions[0]) if isinstance(divisions, list) and divisions else ""
        city = _name(record.get("city"))
        zone = _text(_within(record, "location").get("time_zone"))
    country = country.upper() if len(country) == 2 and country.isascii() and country.isalpha() else ""
    return Place(country, region, city, zone if _is_zone(zone) else single_time_zone(country))


def _within(record: Mapping[Any, Any], key: str) -> Mapping[Any, Any]:
    found = record.get(key)
    return found if isinstance(found, Mapping) else {}


def _name(part: object) -> str:
    return _text(_within(part, "names").get("en")) if isinstance(part, Mapping) else ""


def _text(value: object) -> str:
    """Take a text that a database can keep; anything else is none."""
    return value.replace("\0", "") if isinstance(value, str) else ""


@cache
def _is_zone(name: str) -> bool:
    if not name:
        return False
    try:
        ZoneInfo(name)
    except Exception:  # names of folders and the like raise errors of many kinds
        return False
    return True


def single_time_zone(country: str) -> str:
    """Tell the time zone of a country that has but one clock; empty for the others and for unknown ones."""
    return _single_zones().get(country, "")


@cache
def _single_zones() -> Mapping[str, str]:
    """Read which countries have one clock: one zone, or several that follow the same rules from now on.

    Germany has two zones and Argentina twelve, which differ in history only; the first one listed is the main one.
    """
    zones: dict[str, list[str]] = {}
    folder = resources.files("tzdata") / "zoneinfo"
    for line in (folder / "zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones.setdefault(country, []).append(zone)
    found: dict[str, str] = {}
    for country, names in zones.items():
        with suppress(OSError):
            rules = {(folder / name).read_bytes().rstrip(b"\n").rpartition(b"\n")[2] for name in names}
            if len(rules) == 1 and _is_zone(names[0]):
                found[country] = names[0]
    return found
