"""The link in a letter that asks "was it you?": a GET shows a button, a POST is the yes (readings.md#7)."""

from typing import Any

from litestar import Request, Response, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from enlist.domain import groups
from enlist.doors.pages.links import CONFIRM, follow, owner_of
from enlist.doors.pages.showing import PAGES
from enlist.doors.web import showing
from enlist.doors.web.desk import Desk
from enlist.doors.web.languages import preferred
from enlist.doors.web.reading import GET
from enlist.kit.redirects import safe_redirect
from enlist.runtime.db import DatabaseAway
from enlist.runtime.formats import quoted


@route("/confirm/{token:str}", http_method=GET)
async def show(request: Request[Any, Any, Any], desk: NamedDependency[Desk], token: FromPath[str]) -> Response[str]:
    """Show the button; nothing else happens, as mail scanners open links, too."""
    target = follow(desk, CONFIRM, token)
    try:
        async with desk.database.reading() as tx:
            owner = await owner_of(tx, target)
    except DatabaseAway:
        return _ask_again(preferred(request))
    return PAGES.show("confirm", owner.locale, owner=owner.login, private=True, away=False)


@post("/confirm/{token:str}")
async def confirm(request: Request[Any, Any, Any], desk: NamedDependency[Desk], token: FromPath[str]) -> Response[Any]:
    """Take the yes; send the person on to where he wanted to go, or tell him that it is done."""
    target = follow(desk, CONFIRM, token)
    try:
        async with desk.database.transaction() as tx:
            owner = await owner_of(tx, target)
            confirmation = await groups.confirm(tx, target.account_id, target.contact_id, target.group_ids)
    except DatabaseAway:
        return _ask_again(preferred(request))
    locale = owner.locale
    if confirmation.outcome != "done":
        return PAGES.show("not_confirmed", locale, owner=owner.login, private=True, left=confirmation.outcome == "left")
    if url := safe_redirect(confirmation.done_url, desk.settings.account_url(owner.login)):
        return showing.onward(url)
    titles = quoted(locale, confirmation.titles)
    return PAGES.show("confirmed", locale, owner=owner.login, private=True, titles=titles)


def _ask_again(locale: str) -> Response[str]:
    answer = PAGES.show("confirm", locale, status=503, private=True, away=True)
    answer.headers.update(showing.AGAIN)
    return answer
