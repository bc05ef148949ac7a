"""Every way in begins with a word that no product can have as its short address."""

import pytest

from enlist.domain.products.model import RESERVED_ADDRESSES
from enlist.doors import health, pages
from enlist.doors.just import paths
from enlist.doors.justclick import clicks, forms
from enlist.doors.justclick.api import app as calls

HANDLERS = (*forms.HANDLERS, *pages.HANDLERS)
PATHS = sorted(
    {
        calls.PREFIX,
        paths.PREFIX,
        *clicks.PATHS,
        *health.PATHS,
        *(path for handler in HANDLERS for path in handler.paths),
    }
)


@pytest.mark.parametrize("path", PATHS)
def test_the_first_part_of_every_path_is_reserved(path: str) -> None:
    first = path.strip("/").partition("/")[0]
    assert first in RESERVED_ADDRESSES or first in ("", "{good_name:str}"), path


def test_what_is_to_come_is_reserved() -> None:
    assert {"v1", "admin", "static", "hooks"} <= RESERVED_ADDRESSES
