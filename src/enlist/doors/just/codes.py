"""Every text of the protocol with its status: the one table to correct when a real client shows otherwise.

No source shows a single status (profiles-api.md §1.3), so all of them are readings (readings.md#14).
"""

from typing import Final

import msgspec

from enlist.runtime.http import TEXT

JSON: Final = b"application/json"

# The two disputed ones: 202 is what the wording of `Request accepted` would suggest, and `Error service` stands where
# the other report has its 404.
ACCEPTED_STATUS: Final = 200
NO_SERVICE_STATUS: Final = 404


class Reply(msgspec.Struct, frozen=True):
    """What a call is answered with: bare text or bare JSON, no envelope, no line break at the end."""

    status: int
    body: bytes = b""
    content_type: bytes = TEXT


def json(value: object) -> Reply:
    """Answer with ``value`` as JSON."""
    return Reply(200, msgspec.json.encode(value), JSON)


def text(words: str) -> Reply:
    """Answer with bare ``words``."""
    return Reply(200, words.encode())


DONE: Final = Reply(200)
METRICS_UPDATED: Final = Reply(200, b"Metrics updated")
REQUEST_ACCEPTED: Final = Reply(ACCEPTED_STATUS, b"Request accepted")

JUID_EMPTY: Final = Reply(400, b"JuId empty")
NOT_EMAIL: Final = Reply(400, b"Not validate email")
NOT_NUMBER: Final = Reply(400, b"Not validate number")
JUID_MISSING: Final = Reply(400, b"JuId is missing")
PARAMETER_MISSING: Final = Reply(400, b"Mandatory parameter is missing")
INVALID_DATA: Final = Reply(400, b"Invalid data")
INVALID_DATES: Final = Reply(400, b"Invalid startDate or endDate")
INVALID_SPAN: Final = Reply(400, b"Invalid start or end date")

USER_NOT_FOUND: Final = Reply(404, b"User not found")
SUBSCRIPTION_NOT_FOUND: Final = Reply(404, b"Subscription not found")
JUID_NOT_FOUND: Final = Reply(404, b"JUID not found")
NO_SERVICE: Final = Reply(NO_SERVICE_STATUS, b"Error service")

UNPROCESSABLE: Final = Reply(422, b"Unprocessable Entity")

NOT_SAVED: Final = Reply(500, b"Error save data")
NOT_QUERIED: Final = Reply(500, b"Error query")

# Of these the documents say nothing at all.
TOKEN_MISSING: Final = Reply(401, b'{"message":"Authentication Required"}', JSON)
TOKEN_UNKNOWN: Final = Reply(401, b'{"message":"Invalid token"}', JSON)
NO_SUCH_PATH: Final = Reply(404, b"Not found")
WRONG_METHOD: Final = Reply(405, b"Method not allowed")
TOO_LARGE: Final = Reply(413, b"Request body too large")
