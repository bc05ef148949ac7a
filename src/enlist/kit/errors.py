"""What a refusal is: an expected "no" with a stable code and named fields."""

from collections import defaultdict
from typing import ClassVar


class Refusal(Exception):
    """The product says no, and the caller may tell its client why.

    A refusal carries a stable ``code`` (a short snake-case word, the same forever) and the named ``fields`` that a
    door needs to phrase it in its own language. ``sentence`` phrases them in English, for the command line and logs:
    what is wrong, and what to do about it where that is not plain. Inside a batch a refusal is returned as the item's
    value; elsewhere it is raised. Subclasses live in the ``errors.py`` of the slice that refuses.
    """

    code: ClassVar[str]
    sentence: ClassVar[str]

    def __init__(self, **fields: str | int) -> None:
        self.fields = fields
        super().__init__(self.code, fields)

    def __str__(self) -> str:
        # A field that is not given, where there may be one of two, is left out.
        return self.sentence.format_map(defaultdict(str, self.fields))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.fields == getattr(other, "fields", None)

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.fields.items())))
