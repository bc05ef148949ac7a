"""What a refusal is: an expected "no" with a stable code and named fields."""

from typing import ClassVar


class Refusal(Exception):
    """The product says no, and the caller may tell its client why.

    A refusal carries a stable ``code`` (a short snake-case word, the same for ever) and the named ``fields`` that a
    door needs to phrase it in its own language. Inside a batch a refusal is returned as the item's value; elsewhere it
    is raised. Subclasses live in the ``errors.py`` of the slice that refuses.
    """

    code: ClassVar[str]

    def __init__(self, **fields: str | int) -> None:
        self.fields = fields
        super().__init__(self.code, fields)

    def __str__(self) -> str:
        details = ", ".join(f"{name} {value}" for name, value in self.fields.items())
        return f"{self.code.replace('_', ' ')}: {details}" if details else self.code.replace("_", " ")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.fields == getattr(other, "fields", None)

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.fields.items())))
