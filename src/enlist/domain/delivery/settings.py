"""The settings of delivery."""

from dataclasses import dataclass
from email.utils import parseaddr

from enlist.runtime.settings import sender, setting, whole


@dataclass(frozen=True, kw_only=True)
class DeliverySettings:
    """In whose name letters are sent, and how long they are kept."""

    mail_from: str = setting(
        sender, "enlist <enlist@localhost>", "sender of letters", "My School <news@school.example>"
    )
    keep_letters: int = setting(
        whole(1, 3650), "90", "days after which letters that were sent or given up are forgotten", "90"
    )

    @property
    def mail_host(self) -> str:
        """The host part of the sender's address, used in Message-IDs."""
        return parseaddr(self.mail_from)[1].rpartition("@")[2]
