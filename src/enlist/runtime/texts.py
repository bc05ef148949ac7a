"""What people read, in their language: message catalogues, a folder per language, found when the program starts.

The message that code and templates name is the English sentence itself, with ``%(name)s`` where a value is filled in
and ``%%`` for a per cent sign. A language without a catalogue, and a message without a translation, speak English.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from enlist.kit import po

DEFAULT: Final = "en"
FOLDER: Final = Path(__file__).parents[1] / "locale"
_LANGUAGE: Final = re.compile("[a-z]{2,3}")


class Catalogues:
    """The catalogues in a folder, which are the files ``<language>/LC_MESSAGES/enlist.po``."""

    def __init__(self, folder: Path) -> None:
        """Read them all. Raises MalformedCatalogue."""
        files = {file.parents[1].name: file for file in sorted(folder.glob("*/LC_MESSAGES/enlist.po"))}
        self._languages: Mapping[str, po.Catalogue] = {
            language: po.parse(file.read_text(encoding="utf-8"))
            for language, file in files.items()
            if _LANGUAGE.fullmatch(language)
        }
        self.languages = tuple(dict.fromkeys((DEFAULT, *self._languages)))

    def find(self, locale: str, message: str, context: str = "") -> str:
        """Return ``message`` in a language, values not filled in yet; ``context`` tells equal sentences apart."""
        catalogue = self._languages.get(locale)
        forms = catalogue.messages.get((context, message)) if catalogue else None
        return forms[0] if forms else message

    def find_plural(self, locale: str, one: str, many: str, n: int, context: str = "") -> str:
        """Return the form that a language uses for ``n`` things, values not filled in yet."""
        catalogue = self._languages.get(locale)
        forms = catalogue.messages.get((context, one)) if catalogue else None
        if catalogue and forms:
            return forms[min(catalogue.plural(n), len(forms) - 1)]
        return one if n == 1 else many


CATALOGUES: Final = Catalogues(FOLDER)


def N_(message: str) -> str:  # gettext's own name for it
    """Mark a message that is said somewhere else, so that it gets into the catalogues."""
    return message


def NP_(context: str, message: str) -> str:
    """Mark a message with its context."""
    return message


def languages() -> tuple[str, ...]:
    """Name the languages that there are, English first."""
    return CATALOGUES.languages


def say(locale: str, message: str, /, **values: object) -> str:
    """Return ``message`` in a language, with ``values`` filled in."""
    return CATALOGUES.find(locale, message) % values


def say_in(locale: str, context: str, message: str, /, **values: object) -> str:
    """Return ``message`` in a language as it is said in ``context``, with ``values`` filled in."""
    return CATALOGUES.find(locale, message, context) % values


def say_plural(locale: str, one: str, many: str, n: int, /, **values: object) -> str:
    """Return what a language says of ``n`` things, with ``values`` and ``n`` filled in."""
    return CATALOGUES.find_plural(locale, one, many, n) % {"n": n, **values}
