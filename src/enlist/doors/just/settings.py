"""The settings of the Just door."""

from dataclasses import dataclass
from pathlib import Path

from enlist.runtime.http.settings import HttpSettings
from enlist.runtime.postgres.settings import PoolSettings
from enlist.runtime.settings import path, setting


# ruff: noqa: RUF009 - the defaults are field descriptions, and an example may name all interfaces
@dataclass(frozen=True, kw_only=True)
class JustSettings(HttpSettings, PoolSettings):
    """By which file visitors are placed on the map, besides what the server reads and how many connections it has."""

    geoip_file: Path | None = setting(
        path,
        None,
        "a City database (GeoIP2, GeoLite2 or DB-IP) that tells region, city and time zone of a profile's `ip`;"
        " unset: the country database alone",
        "/var/lib/enlist/GeoLite2-City.mmdb",
    )
