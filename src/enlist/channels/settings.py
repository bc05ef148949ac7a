"""The settings of the channels: where mail, payments and requests to partners go."""

import ipaddress
from dataclasses import dataclass

from enlist.runtime.settings import mail_server, networks, setting, web_address, whole


@dataclass(frozen=True, kw_only=True)
class ChannelSettings:
    """How messages, payments and postbacks leave."""

    smtp_url: str | None = setting(
        mail_server,
        None,
        "mail server for letters: `smtp://`, `smtp+starttls://` (must encrypt) or `smtps://`, with user and "
        "password where needed; unset prints letters to the console",
        "smtp://127.0.0.1:1025",
        secret=True,
    )
    smtp_connections: int = setting(
        whole(1, 100), "4", "connections to the mail server kept at once by one worker", "4"
    )
    outbound_networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = setting(
        networks,
        "",
        "private networks into which addresses given by partners (postbacks) may lead, divided by commas; public ones "
        "are always allowed",
        "10.1.2.0/24",
    )
    stripe_url: str = setting(
        web_address,
        "https://api.stripe.com",
        "where Stripe's API is; another one only to try things out",
        "http://127.0.0.1:12111",
    )
