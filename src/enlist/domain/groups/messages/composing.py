"""Writing the emails of the groups slice; pure, but for templates that are read once."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enlist.domain import delivery
from enlist.runtime.templates import Templates

if TYPE_CHECKING:
    from css_inline import CSSInliner

_templates: Final = Templates(Path(__file__).parent)

_QUOTES: Final = {"en": "“{}”", "ru": "«{}»"}
_AND: Final = {"en": " and ", "ru": " и "}
_SUBJECTS: Final = {
    "en": ("Please confirm your subscription to {}", "Please confirm your subscriptions to {}"),
    "ru": ("Подтвердите подписку на {}", "Подтвердите подписки на {}"),
}
_LONGEST_NAME: Final = 60
_LOOKS_LIKE_A_LINK: Final = re.compile(r"[/@\\]|www\.|\w{2,}\.\w{2,}", re.IGNORECASE)


def confirmation(
    locale: str, *, name: str, group_titles: Sequence[str], confirm_url: str, leave_url: str, shop: str
) -> delivery.Content:
    """Ask a person whether it was they who subscribed to some groups, in ``locale`` (en or ru).

    ``name`` is the person's, or empty; ``shop`` is who asks; the two addresses are complete.
    """
    many = len(group_titles) > 1
    titles = _listed(locale, group_titles)
    subject = _SUBJECTS[locale][many].format(titles)
    values = {
        "subject": subject,
        "person": _greetable(name),
        "titles": titles,
        "many": many,
        "confirm_url": confirm_url,
        "leave_url": leave_url,
        "shop": _one_line(shop),
    }
    return delivery.Content(
        subject=subject,
        text=_templates.render(f"confirmation.{locale}.txt", **values),
        html=_inliner().inline(_templates.render(f"confirmation.{locale}.html", **values)),
        sender_name=_one_line(shop) or None,
        leave_url=leave_url,
    )


def _listed(locale: str, titles: Sequence[str]) -> str:
    *others, last = [_QUOTES[locale].format(_one_line(title)) for title in titles]
    return _AND[locale].join([", ".join(others), last]) if others else last


def _greetable(name: str) -> str:
    # Whoever fills in a form can name a stranger's address and call him "win at spam.example": we don't pass that on.
    line = _one_line(name)
    return "" if len(line) > _LONGEST_NAME or _LOOKS_LIKE_A_LINK.search(line) else line


def _one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def _inliner() -> "CSSInliner":
    # Imported where it is used: most processes never write a letter. Inlining itself takes microseconds.
    import css_inline

    return css_inline.CSSInliner(load_remote_stylesheets=False)
