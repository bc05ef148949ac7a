"""The commands about segments."""

from typing import Any, Final

import click

from enlist.cli.acting import Answer, for_site, listed, paged, table
from enlist.domain import accounts, segments
from enlist.runtime.db import Tx

_RULE: Final = "A JSON file, - for standard input, or the rule itself, starting with a brace; see docs/segments.md."


class RuleText(click.ParamType[Any]):
    """A rule, or the name of a file with a rule."""

    name = "rule"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the rule as text; refuse a file that cannot be read."""
        if value.lstrip().startswith("{"):
            return value
        try:
            with click.open_file(value, "rb") as file:
                return file.read()
        except OSError as reason:
            self.fail(f"{value} cannot be read ({reason.strerror})", param, ctx)


@click.group()
def segment() -> None:
    """Create, show and count the segments of a site (LOGIN/NAME)."""


@for_site(segment)
@click.argument("name")
@click.argument("rule", type=RuleText())
async def create(tx: Tx, site: accounts.Site, name: str, rule: str | bytes) -> Answer:
    """Create the segment NAME; a worker then computes its members.

    RULE is a JSON file, - for standard input, or the rule itself, starting with a brace; see docs/segments.md.
    """
    made = await segments.create(tx, site, name, segments.read_rule(rule))
    return Answer(_shown(made), f"segment {made.name} created; its number is {made.id}")


@for_site(segment, "list", reading=True)
@paged
async def list_(tx: Tx, site: accounts.Site, after: str, limit: int) -> Answer:
    """List the segments of a site with their member counts."""
    found = await segments.list_(tx, site, after=after, limit=limit)
    rows = [_shown(one) for one in found]
    titles = ("id", "name", "state", "members", "computed_at")
    cells = [[_cell(row[title]) for title in titles] for row in rows]
    return listed(found, rows, table(cells, [title.replace("_", " ") for title in titles]))


@for_site(segment, reading=True)
@click.argument("number", type=int)
async def show(tx: Tx, site: accounts.Site, number: int) -> Answer:
    """Show a segment: its rule, and the state of its computation."""
    shown = _shown(await segments.get(tx, site, number))
    lines = [[title.replace("_", " "), _cell(value)] for title, value in shown.items() if title != "rule"]
    rule = segments.pretty_rule(shown["rule"])
    return Answer(shown, "\n".join(f"{title:<16}{text}".rstrip() for title, text in lines) + f"\n{rule}")


@for_site(segment)
@click.argument("number", type=int)
@click.option("--name", help="New name.")
@click.option("--rule", type=RuleText(), help=_RULE)
async def change(tx: Tx, site: accounts.Site, number: int, name: str | None, rule: str | bytes | None) -> Answer:
    """Change the name or rule of a segment.

    After a change of the rule a worker computes the members again.
    """
    read = None if rule is None else segments.read_rule(rule)
    changed = await segments.change(tx, site, number, name=name, rule=read)
    return Answer(_shown(changed), f"segment {changed.id} changed")


@for_site(segment, reading=True)
@click.argument("number", type=int)
@click.option("--after", default="", metavar="ID", help="Start after this profile id.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
async def members(tx: Tx, site: accounts.Site, number: int, after: str, limit: int) -> Answer:
    """List the profiles in a segment by profile id."""
    listed = await segments.list_members(tx, site, number, after=after, limit=limit)
    text = table([[member.profile_id, _cell(member.since)] for member in listed], ("profile_id", "since"))
    if len(listed) == limit:
        text += f"\nmore: --after {listed[-1].profile_id}"
    return Answer([{"profile_id": member.profile_id, "since": member.since} for member in listed], text)


@for_site(segment)
@click.argument("number", type=int, required=False)
@click.option(
    "--rule", type=RuleText(), help=f"Count the profiles that match this rule, without creating a segment. {_RULE}"
)
async def count(tx: Tx, site: accounts.Site, number: int | None, rule: str | bytes | None) -> Answer:
    """Count the members of a segment, or the profiles matching a rule."""
    if (number is None) == (rule is None):
        raise click.UsageError("Give either the number of a segment or a rule.")
    if rule is not None:
        counted = await segments.count_matching(tx, site, segments.read_rule(rule))
    else:
        assert number is not None
        counted = (await segments.get(tx, site, number)).members
    return Answer({"count": counted}, str(counted))


@for_site(segment)
@click.argument("number", type=int)
async def delete(tx: Tx, site: accounts.Site, number: int) -> Answer:
    """Delete a segment; its number is never used again."""
    await segments.delete(tx, site, number)
    return Answer({"id": number, "state": "deleted"}, f"segment {number} deleted")


def _shown(segment: segments.Segment) -> dict[str, Any]:
    return {
        "id": segment.id,
        "name": segment.name,
        "state": segment.state,
        "members": segment.members,
        "computed_at": segment.computed_at,
        "computed_in_seconds": None if segment.took is None else round(segment.took.total_seconds(), 3),
        "error": segment.error,
        "created_at": segment.created_at,
        "rule": segment.rule,
    }


def _cell(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat(" ", "seconds"))
    return "" if value is None else str(value)
