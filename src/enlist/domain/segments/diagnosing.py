"""The diagnostics of a site: the latest actions that were not kept, with the reason; a flood of them stays cheap."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from enlist.domain.accounts import Site
from enlist.domain.segments import queries
from enlist.domain.segments.model import Refused, SiteKey, key_of
from enlist.runtime.db import Tx

KEPT: Final = 1000  # lines per site

_SINGLE: Final = 16  # of one batch and site so many get a line each; further ones are counted on a line of their reason
_LONGEST: Final = 200
_MOST_FIELDS: Final = 20


async def note_refused(tx: Tx, site: Site, reason: str, sent: Mapping[str, str]) -> None:
    """Note in the site's diagnostics that something sent as an action was not kept, and why."""
    await note(tx, [Refused(key_of(site), reason, sent)])


async def note(tx: Tx, refused: Sequence[Refused]) -> None:
    """Note refused actions, in the order of their coming."""
    lines: dict[SiteKey, list[list[object]]] = defaultdict(list)
    for one in refused:
        of_site = lines[one.site]
        same = next((line for line in of_site if line[0] == one.reason), None) if len(of_site) >= _SINGLE else None
        if same is not None:
            same[1] += 1  # type: ignore[operator]
        else:
            of_site.append([one.reason, 1, _shown(one.sent)])
    rows = [
        (*site, len(of_site) - place, *line)
        for site, of_site in lines.items()
        for place, line in enumerate(of_site, start=1)
    ]
    await queries.write_diagnostics(tx, rows, KEPT)  # type: ignore[arg-type]


def _shown(sent: Mapping[str, str]) -> str:
    pairs = list(sent.items())[:_MOST_FIELDS]
    return msgspec.json.encode({_printable(name): _printable(text) for name, text in pairs if text}).decode()


def _printable(text: str) -> str:
    short = text[:_LONGEST].encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    return short + "…" if len(text) > _LONGEST else short
