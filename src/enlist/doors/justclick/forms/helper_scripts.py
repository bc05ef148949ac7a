"""The two scripts that forms on old pages load from us; one file serves for both."""

import json
from pathlib import Path
from typing import Final

from litestar import Response, route

from enlist.doors.web.reading import GET
from enlist.runtime.texts import N_, languages, say

_SCRIPT: Final = (Path(__file__).parent / "scripts" / "forms.js").read_text()
_WRONG_EMAIL: Final = N_("Please enter a complete email address, like anna@example.com.")
PATHS: Final = ["/media/subscribe/helper2.js.php", "/constructor/editor/scripts/common-forms.js"]


@route(PATHS, http_method=GET)
async def helper() -> Response[str]:
    """Give the script; whatever stands in the query is ignored."""
    said = {language: say(language, _WRONG_EMAIL) for language in languages()}
    return Response(
        _SCRIPT.replace("SENTENCES", json.dumps(said), 1),
        status_code=200,
        media_type="application/javascript; charset=utf-8",
        headers={"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"},
    )
