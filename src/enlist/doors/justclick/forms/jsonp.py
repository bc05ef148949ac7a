"""Answering a script on another page that calls us by a script tag (JSONP)."""

import json
import re
from typing import Final

from litestar import Response

# A function's name, perhaps inside objects; nothing that could itself be a program.
_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", re.ASCII)
LONGEST: Final = 100


def callback(name: str) -> str:
    """Return ``name`` if it can be the name of a function, else an empty text."""
    return name if len(name) <= LONGEST and _NAME.fullmatch(name) else ""


def answer(function: str, **values: str) -> Response[str]:
    """Call ``function`` with an object of ``values``; always a 200, as browsers run no script of another status."""
    # All ASCII and without `<`: readable as a script in any charset, and never as a page.
    told = json.dumps(values).replace("<", "\\u003c")
    return Response(
        # The comment in front keeps the first bytes from being of the caller's choice.
        f"/**/{function}({told});",
        status_code=200,
        media_type="application/javascript; charset=utf-8",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    )
