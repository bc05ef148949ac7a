"""What the pages say, in each language: a file per language, with the same keys."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

LOCALES: Final = ("en", "ru")
_FOLDER: Final = Path(__file__).parent / "texts"

TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    locale: msgspec.json.decode((_FOLDER / f"{locale}.json").read_bytes(), type=dict[str, str]) for locale in LOCALES
}


def say(locale: str, key: str, /, **values: object) -> str:
    """Return the text ``key`` in a language, ``{names}`` in it filled in from ``values``."""
    return TEXTS[locale][key].format_map(values)


def speaker(locale: str) -> Callable[..., str]:
    """Return what templates call to say something in one language."""

    def speak(key: str, /, **values: object) -> str:
        return say(locale, key, **values)

    return speak


def listed(locale: str, titles: tuple[str, ...]) -> str:
    """Write the titles of groups one after another, each in quotation marks."""
    return ", ".join(say(locale, "quoted", text=title) for title in titles)
