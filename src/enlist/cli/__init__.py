"""The command line: every command of `enlist`, with `--json` for machines."""

import copy

import click

from enlist import __version__
from enlist.cli import (
    account,
    backing_up,
    contact,
    coupon,
    demonstrating,
    event,
    group,
    job,
    manager,
    order,
    partner,
    payments,
    product,
    programme,
    segment,
    serving,
    site,
    site_diagnostics,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="enlist")
def main() -> None:
    """A server for contacts, orders and partners, for clients that speak JustClick or Just.

    Environment variables that begin with ENLIST_ hold all settings; `enlist show-settings` lists them.
    """


site.site.add_command(site_diagnostics.diagnostics)
for command in (
    serving.serve,
    serving.serve_part,
    serving.work,
    serving.migrate,
    serving.show_settings,
    demonstrating.demo,
    account.account,
    group.group,
    contact.contact,
    manager.manager,
    product.product,
    coupon.coupon,
    order.order,
    payments.payments,
    programme.programme,
    partner.partner,
    site.site,
    segment.segment,
    job.job,
    event.event,
    backing_up.backup,
    backing_up.restore,
):
    main.add_command(command)

program = copy.copy(programme.programme)
program.hidden = True  # Another name for the same commands, not listed twice in the help.
main.add_command(program, "program")
