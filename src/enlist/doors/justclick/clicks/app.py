"""The door itself: one plain app, as a click is the most frequent thing that happens here."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from enlist.domain import accounts, attribution, products
from enlist.doors.justclick.clicks import click_marks, landing
from enlist.doors.justclick.clicks.visits import Visit, read_visit
from enlist.doors.settings import DoorSettings
from enlist.doors.web.addresses import PARTNER_LINKS
from enlist.kit.php_form import Form, MalformedForm, split
from enlist.runtime import metrics
from enlist.runtime.batch import Busy
from enlist.runtime.cache import NOTHING_FRESH, Cache
from enlist.runtime.db import Database, DatabaseAway
from enlist.runtime.http import TEXT, Answer, App, BodyTooLarge, ClientGone, Request, plain

_log = logging.getLogger(__name__)

LINK: Final = PARTNER_LINKS
REPORT: Final = "/aff/click"
SCRIPT: Final = "/media/clicks.js"
PATHS: Final = (LINK, REPORT, SCRIPT)  # what paths of this door begin with

LONGEST_LINK: Final = 400  # no product and no partner has a longer name
LARGEST_REPORT: Final = 16 * 1024
COOKIE_LIVES: Final = 400 * 86400  # seconds; browsers allow no more
_SCRIPT: Final = (Path(__file__).parent / "clicks.js").read_bytes()
_SCRIPT_HEADERS: Final = (
    (b"content-type", b"application/javascript; charset=utf-8"),
    (b"cache-control", b"public, max-age=3600"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
_NOT_KEPT: Final = (b"cache-control", b"no-store")
_PLAIN: Final = (b"content-type", TEXT)


class Services(msgspec.Struct, frozen=True):
    """What this door works with; ``record`` is the click batch's ``put``."""

    database: Database
    record: Callable[[attribution.NewClick], Awaitable[attribution.Clicked]]


def build(services: Services, directory: accounts.Directory, settings: DoorSettings, *, missing: App) -> App:
    """Make the app for the paths that begin with ``PATHS``; ``missing`` answers where there is nothing."""
    return _Door(services, directory, settings, missing)


class _Door:
    def __init__(self, services: Services, directory: accounts.Directory, settings: DoorSettings, missing: App) -> None:
        self._services = services
        self._clock = services.database.clock
        self._directory = directory
        self._trusted = settings.trusted_proxies
        self._secure = urlsplit(settings.public_url).scheme == "https"
        self._missing = missing
        # Changes of products send no signal, so pages are cached for a moment only.
        self._pages: Cache[tuple[int, str], landing.Page] = Cache(lambda key, _: key[0], fresh=NOTHING_FRESH)
        self._count = {word: metrics.calls.labels("clicks", word, "0").inc for word in ("link", "report", "script")}

    async def __call__(self, request: Request) -> Answer | None:
        try:
            return await self._serve(request)
        except ClientGone:
            return None
        except MalformedForm:
            return plain(400, b"this cannot be read\n")
        except BodyTooLarge:
            return plain(413, b"this is too much\n", close=True)
        except (Busy, DatabaseAway):
            return Answer(503, b"please try again\n", _PLAIN, (b"retry-after", b"5"))
        except Exception:
            _log.exception("a click failed")
            return plain(500, b"something went wrong on our side\n")

    async def _serve(self, request: Request) -> Answer | None:
        path, method = request.path, request.method
        if path.startswith(LINK) and method in ("GET", "HEAD") and "\0" not in path:
            visit = read_visit(request, self._clock(), self._trusted)
            account = await self._account_of(visit)
            product, _, partner = path[len(LINK) :].removesuffix("/").partition("/")
            page = await self._page(account, product) if account and partner and "/" not in partner else None
            if account is not None and page is not None:
                return await self._follow(request, visit, account, page, partner)
        elif path == REPORT and method in ("GET", "POST"):
            return await self._take_report(request)
        elif path == SCRIPT and method in ("GET", "HEAD"):
            self._count["script"]()
            return Answer(200, _SCRIPT, *_SCRIPT_HEADERS)
        return await self._missing(request)

    async def _page(self, account: accounts.Account, product: str) -> landing.Page | None:
        return await self._pages.find((account.id, product), self._ask_page) if product else None

    async def _follow(
        self, request: Request, visit: Visit, account: accounts.Account, page: landing.Page, partner: str
    ) -> Answer:
        """Record the click on ``/aff/sl/<product>/<partner>/``, which may wait for a commit; send the visitor on."""
        self._count["link"]()
        link = landing.read_link(page, partner, request.query)
        clicked: attribution.Clicked | None = None
        if request.method == "GET":
            clicked = await self._record(
                visit.click(account.id, partner, way="link", marks=link.marks, product_id=link.product_id)
            )
        if clicked is not None and clicked.partner_id is None:
            return Answer(302, b"", (b"location", link.bare), _NOT_KEPT)
        location = link.to(clicked.partner_id if clicked else None)
        history = click_marks.extended(click_marks.cookie_in(visit.cookie), link.said, visit.now)
        return Answer(302, b"", (b"location", location), _NOT_KEPT, self._cookie(history))

    async def _take_report(self, request: Request) -> Answer | None:
        """Record a click that the script saw on an owner's page; the answer does not tell whether it counted."""
        body = request.query if request.method == "GET" else await request.read(LARGEST_REPORT)
        form = Form(split(body, max_fields=landing.MOST_FIELDS))
        visit = read_visit(request, self._clock(), self._trusted)
        account = await self._account_of(visit)
        if account is None:
            return await self._missing(request)
        self._count["report"]()
        marks = click_marks.marks_in(form)
        partner = marks.get("utm_source", "")
        if partner and marks.get("utm_medium") == attribution.AFFILIATE:
            await self._record(visit.click(account.id, partner, way="script", marks=marks, page=form.text("page")))
        return Answer(204, b"", _NOT_KEPT)

    async def _record(self, click: attribution.NewClick) -> attribution.Clicked | None:
        """Record a click; return None if that is impossible at the moment: the visitor is sent on all the same."""
        try:
            return await self._services.record(click)
        except (Busy, DatabaseAway):
            return None

    async def _account_of(self, visit: Visit) -> accounts.Account | None:
        account = await self._directory.find(visit.host)
        return None if account is None or account.disabled else account

    async def _ask_page(self, key: tuple[int, str]) -> landing.Page | None:
        async with self._services.database.reading() as tx:
            product = (await products.find_all(tx, [key])).get(key)
        return landing.page_of(product) if product else None

    def _cookie(self, history: str) -> tuple[bytes, bytes]:
        secure = "; Secure" if self._secure else ""
        words = f"{click_marks.COOKIE}={history}; Path=/; Max-Age={COOKIE_LIVES}; SameSite=Lax{secure}"
        return b"set-cookie", words.encode()
