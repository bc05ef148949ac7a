"""A made-up language, in which every message stands in brackets."""

from pathlib import Path

import pytest

from enlist.kit import po
from enlist.runtime import texts


def pseudo_language(folder: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Let there be a third language for the rest of the test: one more file beside those that are shipped."""
    for shipped in texts.FOLDER.glob("*/LC_MESSAGES/enlist.po"):
        copy = folder / shipped.relative_to(texts.FOLDER)
        copy.parent.mkdir(parents=True)
        copy.write_text(shipped.read_text())
    made = folder / language / "LC_MESSAGES" / "enlist.po"
    made.parent.mkdir(parents=True)
    said = po.parse((texts.FOLDER / "ru" / "LC_MESSAGES" / "enlist.po").read_text())
    made.write_text("".join(_entry(*key, len(forms)) for key, forms in said.messages.items()))
    monkeypatch.setattr(texts, "CATALOGUES", texts.Catalogues(folder))


def _entry(context: str, message: str, forms: int) -> str:
    said = message if context in UNBRACKETED else f"[{message}]"
    quoted, translated = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for text in (message, said)
    )
    where = f'msgctxt "{context}"\n' if context else ""
    if forms == 1:
        return f'{where}msgid "{quoted}"\nmsgstr "{translated}"\n\n'
    return f'{where}msgid "{quoted}"\nmsgid_plural "{quoted}"\nmsgstr[0] "{translated}"\nmsgstr[1] "{translated}"\n\n'


# Where brackets would change a number.
UNBRACKETED = ("number", "currency signs that readers know")
