"""Writing the emails to partners; pure, but for templates that are read once."""

from pathlib import Path
from typing import Final

import msgspec

from enlist.domain import delivery
from enlist.runtime.templates import Templates
from enlist.runtime.texts import N_, say

SIGN_IN: Final = "partners.sign_in"
APPROVAL: Final = "partners.approved"
PAYOUT: Final = "partners.paid_out"

_templates: Final = Templates(Path(__file__).parent)


class Words(msgspec.Struct, frozen=True):
    """What one kind of letter says: its subject, its text, what stands on the button, what stands below it."""

    subject: str
    text: str
    button: str
    end: str


_WORDS: Final = {
    SIGN_IN: Words(
        N_("Your sign-in link"),
        N_("Here is the link to your partner dashboard at %(store)s, as %(login)s. It works for one hour."),
        N_("Sign in"),
        N_("If you didn’t ask for it, just delete this email."),
    ),
    APPROVAL: Words(
        N_("You’re a partner of %(store)s"),
        N_("You’re in the program now, as %(login)s. Your dashboard has your links, clicks, orders and payouts."),
        N_("Open your dashboard"),
        N_("You’re receiving this email because you applied to be a partner of %(store)s."),
    ),
    PAYOUT: Words(
        N_("%(store)s has paid you %(sum)s"),
        N_("%(store)s has paid you %(sum)s."),
        N_("Open your dashboard"),
        N_("You’re receiving this email because you are a partner of %(store)s."),
    ),
}


def compose(locale: str, kind: str, *, store: str, login: str, link: str, amount: str = "") -> delivery.Content:
    """Write to the partner called ``login`` of ``store`` in the language ``locale``.

    ``link`` is complete and where the button leads; ``amount`` is a sum as people read it.
    """
    words, values = _WORDS[kind], {"store": store, "login": login, "sum": amount}
    told = {
        "locale": locale,
        "subject": say(locale, words.subject, **values),
        "line": say(locale, words.text, **values),
        "button": say(locale, words.button),
        "link": link,
        "end": say(locale, words.end, **values),
    }
    return delivery.Content(
        subject=told["subject"],
        text=_templates.render("partner.txt", **told),
        html=_templates.render("partner.html", **told),
        sender_name=store,
    )
