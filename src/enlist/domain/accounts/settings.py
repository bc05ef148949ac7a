"""The settings of accounts: under which hosts they are reached."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from enlist.runtime.settings import host_names, setting, web_address, whole


@dataclass(frozen=True, kw_only=True)
class AccountSettings:
    """Under which hosts accounts are reached, and how many are kept in memory."""

    domains: tuple[str, ...] = setting(
        host_names,
        "localhost",
        "domains under which accounts live as `<login>.<domain>`, divided by commas; the first one is used in "
        "addresses we make",
        "justclick.example,enlist.example",
    )
    public_url: str = setting(
        web_address,
        "http://localhost:8080",
        "how the outside world reaches this server; links in letters start with it",
        "https://mail.example.com",
    )
    directory_room: int = setting(
        whole(100, 10_000_000),
        "20000",
        "hosts of accounts, and tokens of sites, that one process keeps in memory, at about 2 KB each; the least used "
        "are looked up again",
        "100000",
    )

    def account_url(self, login: str) -> str:
        """The base address of an account's own host, such as ``http://login.localhost:8080`` (no slash at the end)."""
        parts = urlsplit(self.public_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{login.lower()}.{self.domains[0]}{port}"
