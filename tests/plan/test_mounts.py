"""Which door a path belongs to, however it is spelt."""

import httpx
import pytest

from enlist.plan import doors
from enlist.runtime.http import Answer, App, Request, plain
from tests.support.wire import AppTransport


def named(name: str) -> App:
    async def app(request: Request) -> Answer:
        return plain(200, f"{name} {request.path}".encode())

    return app


MOUNTED = doors._mount(**{name: named(name) for name in ("signed", "tokened", "followed", "shown", "watched")})


@pytest.mark.parametrize(
    ("target", "door"),
    [
        ("/api/GetLeadGroups", "signed /api/GetLeadGroups"),
        ("//api/GetLeadGroups", "signed /api/GetLeadGroups"),
        ("/api//GetLeadGroups", "signed /api/GetLeadGroups"),
        ("/api/user/v1/action", "tokened /api/user/v1/action"),
        ("//api///user//v1/action", "tokened /api/user/v1/action"),
        ("/aff/sl/course/bob/", "followed /aff/sl/course/bob/"),
        ("//aff//sl/course//bob/", "followed /aff/sl/course/bob/"),
        ("/%2Faff/sl/course/bob/", "followed /aff/sl/course/bob/"),
        ("//order/course/", "shown /order/course/"),
        ("/metrics", "watched /metrics"),
        ("/health/ready", "watched /health/ready"),
        # What a proxy may guard has one spelling only.
        ("/%6detrics", "shown /metrics"),
        ("//metrics", "shown /metrics"),
        ("/metrics/", "shown /metrics/"),
    ],
)
async def test_slashes_are_merged_before_doors_are_told_apart(target: str, door: str) -> None:
    async with httpx.AsyncClient(transport=AppTransport(MOUNTED), base_url="http://x") as client:
        request = client.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=target.encode())
        assert (await client.send(request)).text == door
