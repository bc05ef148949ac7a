"""Jinja templates from folders: sandboxed, strict about missing values, escaping in everything called ``.html``.

What they say stands in the catalogues: ``_("...")``, ``ngettext("...", "...", n)``, ``{% trans %}``. Their language is
the value ``locale``; a file of macros that say something is imported ``with context``.
"""

from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from enlist.runtime import texts


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
            extensions=["jinja2.ext.i18n"],
        )
        self._environment.policies["ext.i18n.trimmed"] = True
        self._environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
            _gettext, _ngettext, newstyle=True, pgettext=_pgettext
        )

    def render(self, name: str, /, **values: object) -> str:
        """Fill in the template called ``name``. Raises jinja2.TemplateNotFound or jinja2.UndefinedError."""
        return self._environment.get_template(name).render(**values)


@pass_context
def _gettext(context: Context, message: str) -> str:
    return texts.CATALOGUES.find(context["locale"], message)


@pass_context
def _ngettext(context: Context, one: str, many: str, n: int) -> str:
    return texts.CATALOGUES.find_plural(context["locale"], one, many, n)


@pass_context
def _pgettext(context: Context, about: str, message: str) -> str:
    return texts.CATALOGUES.find(context["locale"], message, about)
