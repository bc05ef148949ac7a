"""The command that shows a partner's links."""

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import click

from enlist.cli.acting import Answer, for_account, table
from enlist.domain import accounts, attribution, partners, products
from enlist.runtime.db import Tx

if TYPE_CHECKING:
    from enlist.plan.settings import Settings


@for_account(reading=True)
@click.argument("name", metavar="PARTNER")
async def links(tx: Tx, owner: accounts.Account, name: str, settings: "Settings") -> Answer:
    """List the affiliate links of a partner of LOGIN.

    There are two for each product offered to partners. The link counts the click and redirects to the product's page.
    The direct link is the page's own address with marks; its clicks are counted on pages with the click script.
    """
    partner = await partners.get(tx, owner.id, name)
    host = settings.account_url(owner.login)
    offered = await products.list_for_partners(tx, owner.id)
    found = [_links(host, partner, one) for one in offered]
    return Answer(found, table([list(one.values()) for one in found], ("product", "link", "direct")))


def _links(host: str, partner: partners.Partner, product: products.Product) -> dict[str, str]:
    page = product.sales_url or f"{host}/order/{quote(product.name)}/"
    marks = urlencode({"utm_medium": attribution.AFFILIATE, "utm_source": partner.login})
    parts = urlsplit(page)
    return {
        "product": product.name,
        "link": f"{host}/aff/sl/{quote(product.name)}/{quote(partner.login)}/",
        "direct": parts._replace(query=f"{parts.query}&{marks}" if parts.query else marks).geturl(),
    }
