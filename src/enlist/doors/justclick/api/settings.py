"""The settings of the signed API."""

from dataclasses import dataclass

from enlist.doors.settings import DoorSettings
from enlist.runtime.settings import RequestLimit, request_limit, setting


# ruff: noqa: RUF009 - the defaults are field descriptions, and an example may name all interfaces
@dataclass(frozen=True, kw_only=True)
class ApiSettings(DoorSettings):
    """How much one address may ask."""

    request_limit: RequestLimit | None = setting(
        request_limit,
        None,
        "signed requests that one address may make per second, minute or hour (error 8 beyond); unset is no limit",
        "600/minute",
    )
