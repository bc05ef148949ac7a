"""Who did something: stored as a kind and an id, never as a sentence."""

from typing import Final, Literal, get_args

import msgspec

Kind = Literal["owner", "staff", "token", "protocol", "partner", "person", "channel", "system"]

# How older releases named some of those who act, where it was neither their kind nor their id.
_OLD_WORDS: Final = {"api": ("protocol", "justclick"), "page": ("person", "")}
_OLD_SYSTEM: Final = ("deadline", "purchase")


class Actor(msgspec.Struct, frozen=True):
    """Who did something: ``kind`` and, where there may be several of a kind, the ``id`` that tells which.

    An ``owner`` is the account's, by command or page; ``staff`` and ``token`` act in their name; a ``protocol`` is a
    door's language, spoken by the owner's programs; a ``partner`` is named by login; a ``person`` fills in a
    form or opens a page; a ``channel`` reports what happened outside; the ``system`` acts by a rule, which the id
    names.
    """

    kind: Kind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def old_word(self) -> str:
        """The word that older releases keep and show, for as long as one of them may still run."""
        for word, meant in _OLD_WORDS.items():
            if meant[0] == self.kind:
                return word
        return self.id or self.kind


OWNER: Final = Actor("owner")
PERSON: Final = Actor("person")
SYSTEM: Final = Actor("system")


def read_actor(kind: str | None, id_: str | None, old_word: str) -> Actor:
    """Read an actor as it is stored: ``kind`` is None in what an older release wrote, which kept a word."""
    if kind is not None:
        return msgspec.convert({"kind": kind, "id": id_ or ""}, Actor)
    if old_word in _OLD_WORDS:
        return msgspec.convert(dict(zip(("kind", "id"), _OLD_WORDS[old_word], strict=True)), Actor)
    if old_word in get_args(Kind):
        return msgspec.convert({"kind": old_word}, Actor)
    return Actor("system" if old_word in _OLD_SYSTEM else "channel", old_word)
