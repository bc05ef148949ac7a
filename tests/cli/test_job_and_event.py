"""The commands that show what failed too often, and have it tried again."""

from enlist.cli.event import event
from enlist.cli.job import job
from enlist.runtime import jobs
from enlist.runtime.db import Database
from tests.cli.conftest import Enlist


async def test_jobs_are_listed_by_state_page_by_page_and_failed_ones_run_again(
    enlist: Enlist, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE procrastinate_jobs CASCADE")
        for number in range(3):
            await jobs.put(tx, "partners.post_back", order_id=number)
        await tx.execute(
            "UPDATE procrastinate_jobs SET status = 'failed', attempts = 10 WHERE args->>'order_id' <> '0'"
        )
    first, second, third = await enlist(job, "list")
    assert (first["state"], second["state"], third["values"]) == ("waiting", "failed", {"order_id": 2})
    assert await enlist(job, "list", "--state", "failed", "--limit", "1") == [second]
    assert await enlist(job, "list", "--state", "failed", "--after", str(second["id"])) == [third]
    refused = await enlist(job, "retry", str(third["id"] + 1))
    assert (refused["error"], refused["job"]) == ("job_not_found", third["id"] + 1)
    assert "use --all" in await enlist(job, "retry")
    assert "use --all" in await enlist(job, "retry", "1", "--all")
    assert await enlist(job, "retry", str(third["id"])) == {"retried": [third["id"]]}
    assert await enlist(job, "retry", "--all") == {"retried": [second["id"]]}
    assert {row["state"] for row in await enlist(job, "list")} == {"waiting"}
    assert "2" in await enlist(job, "list", as_text=True)


async def test_events_that_reactions_failed_on_are_listed_and_handed_out_again(
    enlist: Enlist, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO event_retries"
            " (owner_id, event_id, reaction, kind, body, attempts, due_at, error, set_aside_at) VALUES"
            " (1, 5, 'tests.listen', 'tests.rang', '{\"n\": 1}', 12, NULL, 'ValueError: no', $1),"
            " (2, 6, 'tests.listen', 'tests.rang', '{}', 3, $1, 'ValueError: not yet', $1)",
            tx.now,
        )
    (failed,) = await enlist(event, "list-failed")
    assert (failed["account_id"], failed["event"], failed["attempts"]) == (1, "tests.rang", 12)
    assert (failed["due_at"], failed["error"]) == ("", "ValueError: no")
    assert [row["account_id"] for row in await enlist(event, "list-failed", "--waiting")] == [1, 2]
    assert await enlist(event, "list-failed", "--waiting", "--limit", "1") == [failed]
    assert "ValueError: no" in await enlist(event, "list-failed", as_text=True)
    refused = await enlist(event, "retry", "999999")
    assert refused["error"] == "failure_not_found"
    assert "use --all" in await enlist(event, "retry")
    assert await enlist(event, "retry", "--all") == {"retried": [failed["id"]]}
    assert await enlist(event, "list-failed") == []
