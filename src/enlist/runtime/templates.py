"""Jinja templates from folders: sandboxed, strict about missing values, escaping in everything called ``.html``."""

from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment


class Templates:
    """The templates in some folders; of two with one name the one in the earlier folder counts."""

    def __init__(self, *folders: Path) -> None:
        self._environment = SandboxedEnvironment(
            loader=FileSystemLoader(folders),
            autoescape=lambda name: bool(name) and str(name).endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def render(self, name: str, /, **values: object) -> str:
        """Fill in the template called ``name``. Raises jinja2.TemplateNotFound or jinja2.UndefinedError."""
        return self._environment.get_template(name).render(**values)
