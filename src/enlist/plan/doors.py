"""Every way in: which door answers at which path, and what each door is given."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from enlist.channels.stripe_checkout import StripeCheckout
from enlist.domain import accounts
from enlist.doors import health, just, pages, web
from enlist.doors.just.settings import JustSettings
from enlist.doors.justclick import api, clicks, forms
from enlist.doors.justclick.api.calls import Services
from enlist.doors.justclick.api.settings import ApiSettings
from enlist.doors.settings import DoorSettings
from enlist.plan.batches import open_batches
from enlist.plan.installation import Installation
from enlist.runtime.geo import Geo, default_country_file
from enlist.runtime.http import Answer, App, Request
from enlist.runtime.settings import part
from enlist.runtime.signals import Signals


@asynccontextmanager
async def open_doors(
    installation: Installation, signals: Signals, figures: Callable[[], Awaitable[bytes]]
) -> AsyncIterator[App]:
    """Open all doors: one app, with the batches behind it; ``figures()`` is what `/metrics` tells."""
    settings, database, links_key = installation.settings, installation.database, installation.links_key()
    standing = part(settings, DoorSettings)
    directory = accounts.Directory(database, installation.vault, settings.domains, room=settings.directory_room)
    sites = accounts.SiteDirectory(database, room=settings.directory_room)
    for changed in (accounts.CHANGED, accounts.SITES_CHANGED):
        signals.on(changed, directory.forget)
        signals.on(changed, sites.forget)
    async with AsyncExitStack() as closing:
        geo = Geo(settings.geoip_file, default_country_file())
        closing.callback(geo.close)
        stripe = StripeCheckout(settings.stripe_url)
        closing.push_async_callback(stripe.close)
        batches = await closing.enter_async_context(open_batches(database, signals))
        desk = web.Desk(
            database=database,
            directory=directory,
            links_key=links_key,
            settings=standing,
        )
        shown = web.build(
            desk,
            [
                forms.door(batches.enrolments.put, batches.new_orders.put),
                pages.door({stripe.name: stripe}, installation.vault),
            ],
        )
        yield _mount(
            signed=api.build(
                Services(
                    database, batches.enrolments.put, batches.new_orders.put, web.payment_link(links_key, standing)
                ),
                directory,
                part(settings, ApiSettings),
            ),
            tokened=just.build(
                just.Services(
                    database, batches.new_profiles.put, batches.subscriptions.put, batches.actions.put, geo.find
                ),
                sites,
                part(settings, JustSettings),
            ),
            followed=clicks.build(clicks.Services(database, batches.clicks.put), directory, standing, missing=shown),
            shown=shown,
            watched=health.build(database, figures),
        )


def _mount(*, signed: App, tokened: App, followed: App, shown: App, watched: App) -> App:
    """Say which door a path belongs to (readings.md#1)."""

    async def app(request: Request) -> Answer | None:
        path = request.path
        if path.startswith("/api/"):
            return await (tokened if path.startswith("/api/user/v1/") else signed)(request)
        if path in health.PATHS and path == request.raw_path:  # no other spelling of what a proxy may guard
            return await watched(request)
        if path.startswith(clicks.PATHS):
            return await followed(request)
        return await shown(request)

    return app
