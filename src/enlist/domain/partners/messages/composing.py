"""Writing the emails to partners; pure, but for templates that are read once."""

from pathlib import Path
from typing import Final

import msgspec

from enlist.domain import delivery
from enlist.runtime.templates import Templates

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
    "en": {
        SIGN_IN: Words(
            "Your link to sign in",
            "Here is the link to the partner’s cabinet of {login} at “{store}”. It works for an hour.",
            "Sign in",
            "If it wasn’t you who asked for it, just delete this letter.",
        ),
        APPROVAL: Words(
            "You are a partner of “{store}”",
            "You are in the programme now, as {login}. In the cabinet you find your links, clicks, orders and payouts.",
            "To the cabinet",
            "You get this letter because you applied to be a partner of “{store}”.",
        ),
        PAYOUT: Words(
            "{sum} for you from “{store}”",
            "“{store}” has recorded a payout of {sum} to you, the partner {login}.",
            "To the cabinet",
            "You get this letter because you are a partner of “{store}”.",
        ),
    },
    "ru": {
        SIGN_IN: Words(
            "Ссылка для входа",
            "Вот ссылка для входа в кабинет партнёра {login} в «{store}». Она действует один час.",
            "Войти",
            "Если вы её не запрашивали, просто удалите это письмо.",
        ),
        APPROVAL: Words(
            "Вы партнёр «{store}»",
            "Вы приняты в программу как {login}. В кабинете вы найдёте ссылки, клики, заказы и выплаты.",
            "В кабинет",
            "Вы получили это письмо, потому что подали заявку на участие в программе «{store}».",
        ),
        PAYOUT: Words(
            "Выплата {sum} от «{store}»",
            "«{store}» записала выплату {sum} вам, партнёру {login}.",
            "В кабинет",
            "Вы получили это письмо как партнёр «{store}».",
        ),
    },
}


def compose(locale: str, kind: str, *, store: str, login: str, link: str, amount: str = "") -> delivery.Content:
    """Write to the partner called ``login`` of ``store`` in ``locale`` (en or ru).

    ``link`` is complete and where the button leads; ``amount`` is a sum as people read it.
    """
    words, values = _WORDS[locale][kind], {"store": store, "login": login, "sum": amount}
    told = {
        "locale": locale,
        "subject": words.subject.format(**values),
        "line": words.text.format(**values),
        "button": words.button,
        "link": link,
        "end": words.end.format(**values),
    }
    return delivery.Content(
        subject=told["subject"],
        text=_templates.render("partner.txt", **told),
        html=_templates.render("partner.html", **told),
        sender_name=store,
    )
