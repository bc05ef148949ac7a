"""Writing the letter that goes with a bought item; pure, but for templates that are read once."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from enlist.domain import delivery, products
from enlist.runtime.templates import Templates
from enlist.runtime.texts import say, say_in

if TYPE_CHECKING:
    from css_inline import CSSInliner

_templates: Final = Templates(Path(__file__).parent)

# What owners may have filled in, written as {$name}.
VARIABLES: Final = ("name", "order_id", "sum", "product", "pin_code", "download", "order_url")
_VARIABLE: Final = re.compile(r"\{\$([a-z_]+)\}")
_LONGEST_NAME: Final = 60
_LONGEST_SUBJECT: Final = 255
_LOOKS_LIKE_A_LINK: Final = re.compile(r"[/@\\]|www\.|\w{2,}\.\w{2,}", re.IGNORECASE)


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter about a bought item says; ``pin_code`` may be empty, ``order_url`` is complete."""

    product: products.Product
    title: str
    name: str
    order_id: int
    sum: str
    pin_code: str
    order_url: str
    shop: str


def purchase(locale: str, bought: Purchase, words: Mapping[str, str]) -> delivery.Content:
    """Write to a buyer what they bought, in the owner's words, else in ours in the language ``locale``.

    ``words`` are other words for ``VARIABLES`` that the owner may have used. A pin code or a download that the owner's
    text leaves out is added at its end.
    """
    product, values = bought.product, _values(locale, bought)
    values |= {theirs: values[ours] for theirs, ours in words.items()}
    subject = _fill(product.letter_subject, values) or say(locale, "Your purchase: %(product)s", product=bought.title)
    subject = _one_line(subject)[:_LONGEST_SUBJECT]
    own_text = _fill(_complete(locale, bought, product.letter_text, "\n\n{}", words), values)
    text = own_text or _ours(locale, bought, subject, "txt")
    if product.letter_format == "html" and product.letter_html:
        html = _fill(_complete(locale, bought, product.letter_html, "<p>{}</p>", words), values, escape)
    elif own_text:
        html = _inliner().inline(_templates.render("words.html", locale=locale, subject=subject, text=own_text))
    else:
        html = _inliner().inline(_ours(locale, bought, subject, "html"))
    return delivery.Content(subject=subject, text=text, html=html, sender_name=_one_line(bought.shop) or None)


def _values(locale: str, bought: Purchase) -> dict[str, str]:
    return {
        "name": _greetable(bought.name) or say_in(locale, "instead of a name", "Dear friend"),
        "order_id": str(bought.order_id),
        "sum": bought.sum,
        "product": bought.title,
        "pin_code": bought.pin_code,
        "download": bought.product.download_url,
        "order_url": bought.order_url,
    }


def _complete(locale: str, bought: Purchase, text: str, frame: str, words: Mapping[str, str]) -> str:
    """Add to the owner's ``text`` what the buyer must have and it does not mention."""
    if not text.strip():
        return ""
    if bought.pin_code and not _mentions(text, "pin_code", words):
        text += frame.format(say(locale, "Your code: %(code)s", code="{$pin_code}"))
    if bought.product.download_url and not _mentions(text, "download", words):
        text += frame.format(say(locale, "Download: %(url)s", url="{$download}"))
    return text


def _mentions(text: str, variable: str, words: Mapping[str, str]) -> bool:
    return any(f"{{${word}}}" in text for word in (variable, *words) if words.get(word, word) == variable)


def _fill(words: str, values: Mapping[str, str], quote: Callable[[str], str] = str) -> str:
    """Put ``values`` in place of variables, each made fit for its surroundings by ``quote``."""
    return _VARIABLE.sub(lambda found: quote(values[found[1]]) if found[1] in values else found[0], words)


def _ours(locale: str, bought: Purchase, subject: str, kind: str) -> str:
    return _templates.render(
        f"purchase.{kind}",
        locale=locale,
        subject=subject,
        person=_greetable(bought.name),
        product=_one_line(bought.title),
        pin_code=bought.pin_code,
        download=bought.product.download_url,
        order_id=bought.order_id,
        order_url=bought.order_url,
    )


def _greetable(name: str) -> str:
    # What costs nothing can be ordered for a stranger who is called "win at spam.example": we don't pass that on.
    line = _one_line(name)
    return "" if len(line) > _LONGEST_NAME or _LOOKS_LIKE_A_LINK.search(line) else line


def _one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def _inliner() -> "CSSInliner":
    # Imported where it is used: most processes never write a letter. Inlining itself takes microseconds.
    import css_inline

    return css_inline.CSSInliner(load_remote_stylesheets=False)
