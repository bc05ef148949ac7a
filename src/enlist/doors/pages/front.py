"""The front page of a host."""

from typing import Any

from litestar import Request, Response, route
from litestar.di import NamedDependency

from enlist.doors.pages.showing import PAGES
from enlist.doors.web.desk import Desk
from enlist.doors.web.languages import preferred
from enlist.doors.web.reading import GET


@route("/", http_method=GET)
async def front(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Show a page that says nothing but that somebody is at home."""
    if desk.is_front(request):
        return PAGES.show("front", preferred(request))
    account = await desk.account_of(request)
    return PAGES.show("front", account.locale, owner=account.login)
