"""Answering with pages: the templates, and the headers that keep what is on them private."""

from pathlib import Path
from typing import Any, Final

from litestar import Response

from enlist.runtime.templates import Templates

_COMMON: Final = Path(__file__).parent / "templates"

# No form-action: a browser applies it to the redirect behind a form, too, which leads to the owner's site.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": _POLICY,
}
# Whoever sees the address of such a page, in a frame or as a referrer, can act for the person.
_PRIVATE: Final = {
    "Content-Security-Policy": f"{_POLICY}; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
AGAIN: Final = {"Retry-After": "5"}
HTML: Final = b"text/html; charset=utf-8"


class Pages:
    """The pages of one door: the templates in its own folder, over the layout that all share."""

    def __init__(self, *folders: Path) -> None:
        self._templates = Templates(*folders, _COMMON)

    def show(
        self,
        name: str,
        locale: str,
        *,
        status: int = 200,
        owner: str = "",
        private: bool = False,
        pictures: bool = False,
        **values: object,
    ) -> Response[str]:
        """Answer with the page called ``name``.

        ``owner`` is whose page it is, or empty. ``private``: the page's address is somebody's authority. ``pictures``:
        it holds HTML of the owner's own, whose pictures come from wherever they keep them; scripts in it are not run.
        """
        html = self._templates.render(f"{name}.html", locale=locale, owner=owner, **values)
        headers = _HEADERS | (_PRIVATE if private else {})
        if pictures:
            headers["Content-Security-Policy"] += "; img-src http: https: data:"
        return Response(html, status_code=status, media_type="text/html", headers=headers)


_common: Final = Pages()


def problem(locale: str, status: int, heading: str, text: str, *, private: bool = False) -> Response[str]:
    """Answer with a page that says what is wrong; ``heading`` and ``text`` are messages of the catalogues."""
    return _common.show("problem", locale, status=status, private=private, heading=heading, text=text)


def onward(url: str) -> Response[Any]:
    """Send the browser on to ``url``, which has been found safe, without telling it where from."""
    return Response(
        b"",
        status_code=303,
        media_type="text/plain",
        headers={"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )


def last_words(page: Response[str]) -> Response[str]:
    """Answer with ``page`` and hang up: for a request of which no more is to be read."""
    page.headers["Connection"] = "close"
    return page
