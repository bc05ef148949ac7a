"""An opened installation: what every command, door and worker uses."""

from dataclasses import dataclass

from enlist.plan.settings import Settings
from enlist.runtime.db import Database
from enlist.runtime.vault import Vault


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings, the migrated database and the secret."""

    settings: Settings
    database: Database
    vault: Vault

    def links_key(self) -> bytes:
        """Derive the key that signs the links in letters and pages."""
        return self.vault.signing_key("links")
