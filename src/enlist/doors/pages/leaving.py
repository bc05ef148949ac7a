"""The unsubscribe link: a GET shows a button, a POST leaves, another one undoes it; RFC 8058's one click, too."""

from typing import Any, Literal

from litestar import Request, Response, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from enlist.domain import accounts, groups
from enlist.doors.pages.links import LEAVE, Target, follow, owner_of
from enlist.doors.pages.showing import PAGES
from enlist.doors.web import reading, showing
from enlist.doors.web.desk import Desk
from enlist.doors.web.languages import preferred
from enlist.doors.web.reading import GET
from enlist.runtime.db import DatabaseAway
from enlist.runtime.formats import quoted

Action = Literal["leave", "undo"]


@route("/unsubscribe/{token:str}", http_method=GET)
async def show(request: Request[Any, Any, Any], desk: NamedDependency[Desk], token: FromPath[str]) -> Response[str]:
    """Show the button; nothing else happens, as mail scanners open links, too."""
    target = follow(desk, LEAVE, token)
    try:
        async with desk.database.reading() as tx:
            owner = await owner_of(tx, target)
    except DatabaseAway:
        return _ask_again(preferred(request), "leave")
    return PAGES.show("leave", owner.locale, owner=owner.login, private=True, away=False, action="leave")


@post("/unsubscribe/{token:str}")
async def leave(request: Request[Any, Any, Any], desk: NamedDependency[Desk], token: FromPath[str]) -> Response[Any]:
    """Leave, or with ``action=undo`` take it back."""
    target = follow(desk, LEAVE, token)
    form = await reading.read(request, desk.settings.body_limit)
    one_click = form.text("List-Unsubscribe") == "One-Click"  # a mail program asks, not a person
    action: Action = "undo" if form.text("action") == "undo" and not one_click else "leave"
    try:
        owner, done = await _act(desk, target, action)
    except DatabaseAway:
        return _ask_again(preferred(request), action)
    if one_click:
        return Response("unsubscribed\n", status_code=200, media_type="text/plain")
    titles = quoted(owner.locale, done.titles) if done.titles else ""
    name = "back" if action == "undo" else "left"
    return PAGES.show(
        name, owner.locale, owner=owner.login, private=True, found=done.found, titles=titles, count=len(done.titles)
    )


async def _act(desk: Desk, target: Target, action: Action) -> tuple[accounts.Owner, groups.Leave]:
    act = groups.rejoin_by_link if action == "undo" else groups.leave_by_link
    async with desk.database.transaction() as tx:
        owner = await owner_of(tx, target)
        return owner, await act(tx, target.account_id, target.contact_id, target.group_ids)


def _ask_again(locale: str, action: Action) -> Response[str]:
    answer = PAGES.show("leave", locale, status=503, private=True, away=True, action=action)
    answer.headers.update(showing.AGAIN)
    return answer
