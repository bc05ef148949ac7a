"""The commands about segments."""

from typing import Any, Final

import click

from enlist.cli.acting import json_option, run, say, table
from enlist.cli.naming_site import find_site, site_argument
from enlist.domain import segments
from enlist.runtime.settings import Settings

_RULE: Final = "A JSON file, - for standard input, or the rule itself, beginning with a brace; see docs/segments.md."


class RuleText(click.ParamType[Any]):
    """A rule: given itself, or as the name of a file that holds it."""

    name = "rule"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the rule as text; complain if the file cannot be read."""
        if value.lstrip().startswith("{"):
            return value
        try:
            with click.open_file(value, "rb") as file:
                return file.read()
        except OSError as reason:
            self.fail(f"{value} cannot be read ({reason.strerror})", param, ctx)


@click.group()
def segment() -> None:
    """Make, show and count the segments of a site (LOGIN/NAME)."""


@segment.command()
@site_argument
@click.argument("name")
@click.argument("rule", type=RuleText())
@json_option
def create(site: str, name: str, rule: str | bytes, as_json: bool) -> None:
    """Make the segment NAME; a worker computes its members soon.

    RULE is a JSON file, - for standard input, or the rule itself, beginning with a brace; see docs/segments.md.
    """

    async def act(settings: Settings) -> segments.Segment:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            return await segments.create(
                tx, await find_site(tx, site, installation.vault), name, segments.read_rule(rule)
            )

    made = run(act, as_json=as_json)
    say(_shown(made), f"segment {made.name} is made; its number is {made.id}", as_json=as_json)


@segment.command("list")
@site_argument
@json_option
def list_(site: str, as_json: bool) -> None:
    """List the segments of a site with their numbers of members."""

    async def act(settings: Settings) -> list[segments.Segment]:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.reading() as tx:
            return await segments.list_(tx, await find_site(tx, site, installation.vault))

    rows = [_shown(found) for found in run(act, as_json=as_json)]
    titles = ("id", "name", "state", "members", "computed_at")
    cells = [[_cell(row[title]) for title in titles] for row in rows]
    say(rows, table(cells, [title.replace("_", " ") for title in titles]), as_json=as_json)


@segment.command()
@site_argument
@click.argument("number", type=int)
@json_option
def show(site: str, number: int, as_json: bool) -> None:
    """Show a segment: its rule, and how far its members are computed."""

    async def act(settings: Settings) -> segments.Segment:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.reading() as tx:
            return await segments.get(tx, await find_site(tx, site, installation.vault), number)

    shown = _shown(run(act, as_json=as_json))
    lines = [[title.replace("_", " "), _cell(value)] for title, value in shown.items() if title != "rule"]
    rule = segments.pretty_rule(shown["rule"])
    say(shown, "\n".join(f"{title:<16}{text}".rstrip() for title, text in lines) + f"\n{rule}", as_json=as_json)


@segment.command()
@site_argument
@click.argument("number", type=int)
@click.option("--name", help="Another name.")
@click.option("--rule", type=RuleText(), help=_RULE)
@json_option
def change(site: str, number: int, name: str | None, rule: str | bytes | None, as_json: bool) -> None:
    """Give a segment another name or rule; with another rule a worker sorts everybody anew soon."""

    async def act(settings: Settings) -> segments.Segment:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            read = None if rule is None else segments.read_rule(rule)
            return await segments.change(
                tx, await find_site(tx, site, installation.vault), number, name=name, rule=read
            )

    changed = run(act, as_json=as_json)
    say(_shown(changed), f"segment {changed.id} is changed", as_json=as_json)


@segment.command()
@site_argument
@click.argument("number", type=int)
@click.option("--after", default="", metavar="ID", help="Begin behind this profile id.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@json_option
def members(site: str, number: int, after: str, limit: int, as_json: bool) -> None:
    """List the profiles in a segment by profile id."""

    async def act(settings: Settings) -> list[segments.Member]:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.reading() as tx:
            found = await find_site(tx, site, installation.vault)
            return await segments.list_members(tx, found, number, after=after, limit=limit)

    listed = run(act, as_json=as_json)
    text = table([[member.profile_id, _cell(member.since)] for member in listed], ("profile_id", "since"))
    if len(listed) == limit:
        text += f"\nmore: enlist segment members {site} {number} --after {listed[-1].profile_id}"
    say([{"profile_id": member.profile_id, "since": member.since} for member in listed], text, as_json=as_json)


@segment.command()
@site_argument
@click.argument("number", type=int, required=False)
@click.option("--rule", type=RuleText(), help=f"Count who meets this rule now, without making a segment. {_RULE}")
@json_option
def count(site: str, number: int | None, rule: str | bytes | None, as_json: bool) -> None:
    """Count the members of a segment, or who meets a rule at this moment."""
    if (number is None) == (rule is None):
        raise click.UsageError("name either a segment by its number, or a rule")

    async def act(settings: Settings) -> int:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            found = await find_site(tx, site, installation.vault)
            if rule is not None:
                return await segments.count_matching(tx, found, segments.read_rule(rule))
            assert number is not None
            return (await segments.get(tx, found, number)).members

    counted = run(act, as_json=as_json)
    say({"count": counted}, str(counted), as_json=as_json)


@segment.command()
@site_argument
@click.argument("number", type=int)
@json_option
def delete(site: str, number: int, as_json: bool) -> None:
    """Delete a segment; its number is never given to another one."""

    async def act(settings: Settings) -> None:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            await segments.delete(tx, await find_site(tx, site, installation.vault), number)

    run(act, as_json=as_json)
    say({"id": number, "state": "deleted"}, f"segment {number} is deleted", as_json=as_json)


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
