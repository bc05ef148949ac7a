"""The two scripts that forms on old pages load from us; one file serves for both."""

from pathlib import Path
from typing import Final

from litestar import Response, route

from enlist.doors.web.reading import GET

_SCRIPT: Final = (Path(__file__).parent / "scripts" / "forms.js").read_text()
PATHS: Final = ["/media/subscribe/helper2.js.php", "/constructor/editor/scripts/common-forms.js"]


@route(PATHS, http_method=GET)
async def helper() -> Response[str]:
    """Give the script; whatever stands in the query is ignored."""
    return Response(
        _SCRIPT,
        status_code=200,
        media_type="application/javascript; charset=utf-8",
        headers={"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"},
    )
