"""Writing the emails of the groups slice; pure, but for templates that are read once."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enlist.domain import delivery
from enlist.runtime.formats import quoted
from enlist.runtime.templates import Templates
from enlist.runtime.texts import say_plural

if TYPE_CHECKING:
    from css_inline import CSSInliner

_templates: Final = Templates(Path(__file__).parent)

_LONGEST_NAME: Final = 60
_LOOKS_LIKE_A_LINK: Final = re.compile(r"[/@\\]|www\.|\w{2,}\.\w{2,}", re.IGNORECASE)


def confirmation(
    locale: str, *, name: str, group_titles: Sequence[str], confirm_url: str, leave_url: str, shop: str
) -> delivery.Content:
    """Ask a person whether it was they who subscribed to some groups, in the language ``locale``.

    ``name`` is the person's, or empty; ``shop`` is who asks; the two addresses are complete.
    """
    titles = quoted(locale, [_one_line(title) for title in group_titles])
    subject = say_plural(
        locale,
        "Please confirm your subscription to %(titles)s",
        "Please confirm your subscriptions to %(titles)s",
        len(group_titles),
        titles=titles,
    )
    values = {
        "locale": locale,
        "subject": subject,
        "person": _greetable(name),
        "titles": titles,
        "confirm_url": confirm_url,
        "leave_url": leave_url,
        "shop": _one_line(shop),
    }
    return delivery.Content(
        subject=subject,
        text=_templates.render("confirmation.txt", **values),
        html=_inliner().inline(_templates.render("confirmation.html", **values)),
        sender_name=_one_line(shop) or None,
        leave_url=leave_url,
    )


def _greetable(name: str) -> str:
    # Whoever fills in a form can name a stranger's address and call them "win at spam.example": we don't pass that on.
    line = _one_line(name)
    return "" if len(line) > _LONGEST_NAME or _LOOKS_LIKE_A_LINK.search(line) else line


def _one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def _inliner() -> "CSSInliner":
    # Imported where it is used: most processes never write a letter. Inlining itself takes microseconds.
    import css_inline

    return css_inline.CSSInliner(load_remote_stylesheets=False)
