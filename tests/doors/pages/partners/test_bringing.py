"""Subscribing after a click on a partner's link: by cookie, by the script's field, by the address, by the form."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from enlist.domain import attribution, partners
from tests.doors.pages.partners.conftest import Members
from tests.doors.web.helpers import inputs_in


async def brought_by(members: Members, partner: partners.Partner) -> list[dict[str, str]]:
    """Tell the marks of the contacts that a partner brought, the latest first."""
    async with members.door.world.reading() as tx:
        found = await attribution.list_contacts(tx, partner.account_id, partner.id)
    return [dict(contact.marks) for contact in found if contact.contact_id < 7000]


@pytest.mark.parametrize(
    "way",
    ["cookie", "field", "address of the form's target", "address of our form page", "script's word in its address"],
)
async def test_whoever_sent_him_is_credited(members: Members, stranger: httpx.AsyncClient, way: str) -> None:
    before = len(await brought_by(members, members.eve))
    yesterday = int((datetime.now(UTC) - timedelta(days=1)).timestamp())
    history = f"{yesterday}:m=affiliate&s=eve&S=blog"
    marks = {"utm_medium": "affiliate", "utm_source": "eve", "aff_source": "blog"}
    fields = {"rid[0]": "open", "lead_email": f"{way.replace(' ', '.').replace(chr(39), '')}@people.example"}
    path, headers = "/subscribe/process", {}
    if way == "cookie":
        headers = {"Cookie": f"a=b; enlist_clicks={history}"}
    elif way == "field":
        fields["clicks"] = history
    elif way == "address of the form's target":
        path = str(httpx.URL(path, params=marks))
    else:
        said = marks if way == "address of our form page" else {"clicks": history}
        page = await stranger.get("/form/open", params=said)
        fields = inputs_in(page.text) | fields
    answer = await stranger.post(path, data=fields, headers=headers)
    assert "You’re subscribed" in answer.text
    found = await brought_by(members, members.eve)
    assert len(found) == before + 1
    assert found[0]["aff_source"] == "blog"


async def test_the_latest_partner_is_credited_and_no_stranger(members: Members, stranger: httpx.AsyncClient) -> None:
    bobs, eves = len(await brought_by(members, members.bob)), len(await brought_by(members, members.eve))
    now = int(datetime.now(UTC).timestamp())
    history = f"{now - 900}:m=affiliate&s=eve/{now - 600}:m=affiliate&s=bob/{now - 300}:m=affiliate&s=nobody"
    fields = {"rid[0]": "open", "lead_email": "latest@people.example", "clicks": history}
    await stranger.post("/subscribe/process", data=fields)
    assert (len(await brought_by(members, members.bob)), len(await brought_by(members, members.eve))) == (
        bobs + 1,
        eves,
    )


@pytest.mark.parametrize(
    "history", ["", "x", "1:", ":m=affiliate&s=bob", "9" * 13 + ":m=affiliate&s=bob", "%00", "/" * 5000]
)
async def test_a_strange_history_hinders_nobody(members: Members, stranger: httpx.AsyncClient, history: str) -> None:
    before = len(await brought_by(members, members.bob))
    fields = {"rid[0]": "open", "lead_email": f"strange{abs(hash(history))}@people.example", "clicks": history}
    headers = {"Cookie": f"enlist_clicks={history}"}
    answer = await stranger.post("/subscribe/process", data=fields, headers=headers)
    assert answer.status_code == 200
    assert len(await brought_by(members, members.bob)) == before
