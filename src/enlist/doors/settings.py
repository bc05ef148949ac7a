"""What most doors have to know of where they stand."""

from dataclasses import dataclass

from enlist.domain.accounts import AccountSettings
from enlist.runtime.http.settings import HttpSettings


@dataclass(frozen=True, kw_only=True)
class DoorSettings(AccountSettings, HttpSettings):
    """The hosts of accounts, the addresses that are believed, the largest body."""
