"""From an empty folder to a confirmed contact: a signed call, a letter, a click, a status."""

from pathlib import Path
from urllib.parse import urlsplit

from tests.support.mail import link_in, mail_server
from tests.support.server import KEY, Program, call

ANNA = ("lead_email", "anna@example.com")


async def test_a_contact_is_added_asked_confirmed_and_reported(tmp_path: Path) -> None:
    async with mail_server() as (mailbox, smtp_url):
        program = Program(tmp_path / "data", smtp_url=smtp_url, mail_from="Школа <news@school.example>")
        mailbox.refused.add("gone@example.com")
        made = await program.ask("account", "create", "shop", "--api-key", KEY, "--locale", "ru")
        assert made["api_key"] == KEY
        async with program.serving() as server, server.client() as client:
            # Commands work while the server runs.
            await program.ask("group", "create", "shop", "super", "--title", "Новости")
            said = await call(
                client, "AddLeadToGroup", ("rid[0]", "super"), ANNA, ("doneurl2", "http%3A%2F%2Fya.ru%2F")
            )
            assert said["error_text"] == "activation email sent to subscriber"
            letter = await mailbox.letter_to("anna@example.com")
            link = link_in(letter, "confirm")
            assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            assert "Новости" in str(letter["Subject"])
            assert letter["Message-ID"].endswith("@school.example>")

            path = urlsplit(link).path
            shown = await client.get(path)
            assert shown.status_code == 200
            said = await call(client, "GetLeadGroupStatuses", ("email", "anna@example.com"))
            assert said["result"][0]["rass_status"] == "STATUS_WAIT"
            done = await client.post(path)
            assert (done.status_code, done.headers["location"]) == (303, "http://ya.ru/")
            said = await call(client, "GetLeadGroupStatuses", ("email", "anna@example.com"))
            assert said["result"][0]["rass_status"] == "STATUS_SUBSCRIBE"

            one_click = urlsplit(str(letter["List-Unsubscribe"]).strip("<>")).path
            left = await client.post(one_click, data={"List-Unsubscribe": "One-Click"})
            assert left.status_code == 200
            said = await call(client, "GetLeadGroupStatuses", ("email", "anna@example.com"))
            assert said["result"][0]["rass_status"] == "STATUS_UNSUBSCRIBE"

            await call(client, "AddLeadToGroup", ("rid[0]", "super"), ("lead_email", "gone@example.com"))
            await status_becomes(client, "gone@example.com", "STATUS_INVALID_EMAIL")
            await work_is_measured(client)
        assert "Traceback" not in server.log, server.log
        assert KEY not in server.log


async def status_becomes(client: object, email: str, status: str) -> None:
    import asyncio

    async with asyncio.timeout(20):
        while True:
            said = await call(client, "GetLeadGroupStatuses", ("email", email))  # type: ignore[arg-type]
            if said["result"][0]["rass_status"] == status:
                return
            await asyncio.sleep(0.2)


async def work_is_measured(client: object) -> None:
    metrics = (await client.get("/metrics")).text  # type: ignore[attr-defined]
    assert 'enlist_calls_total{code="0",door="justclick",function="AddLeadToGroup"} 2.0' in metrics
    assert 'enlist_batch_size_count{batch="enrolments"}' in metrics
    assert 'enlist_letters_total{outcome="sent"} 1.0' in metrics
    assert 'enlist_waiting{queue="events"}' in metrics
    assert 'enlist_waiting{queue="letters"}' in metrics
    assert (await client.get("/health/ready")).json() == {"status": "ready"}  # type: ignore[attr-defined]
    assert (await client.get("/health/live")).json() == {"status": "alive"}  # type: ignore[attr-defined]
