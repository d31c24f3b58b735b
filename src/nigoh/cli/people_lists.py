"""`nigoh people lists`: the watch lists."""

from dataclasses import replace

import click
import msgspec
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import actor, open_people
from nigoh.cli.people_options import json_option, reason_option
from nigoh.cli.people_output import one_line, print_json
from nigoh.cli.people_reading import read_lists
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment
from nigoh.domain.people import WatchList
from nigoh.errors import Invalid
from nigoh.office.people_office import find_list
from nigoh.storage.database.watch_lists import WatchLists


class ListedList(msgspec.Struct, frozen=True, kw_only=True):
    """A watch list, as JSON; `people` stand on it, `threshold` null is the engine's."""

    id: str
    name: str
    wanted: bool
    threshold: float | None
    colour: str
    priority: int
    people: int


_wanted = click.option("--wanted/--known", default=None, help="Whether whoever stands on it is looked for.")
_threshold = click.option(
    "--threshold",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Least similarity to be named, instead of the engine's.",
)
_colour = click.option("--colour", metavar="#RRGGBB", help="Of their frame in pictures.")
_priority = click.option("--priority", type=click.IntRange(-1000, 1000), help="Higher ones are shown first.")


@click.group("lists")
def command() -> None:
    """The watch lists: add, list, edit, remove."""


@command.command("list")
@json_option
@database_options
def list_lists(deployment: Deployment, *, as_json: bool) -> None:
    """Show the watch lists, and how many people stand on each."""
    with deployment.database.read() as connection:
        sizes = WatchLists(connection).sizes()
    lists = [_listed(each, sizes.get(each.id, 0)) for each in read_lists(deployment)]
    if as_json:
        print_json(lists)
        return
    table = Table("name", "people", "wanted", "threshold", "colour", "priority", "id", box=SIMPLE)
    for each in lists:
        threshold = "" if each.threshold is None else f"{each.threshold:g}"
        wanted = Text("wanted", "bold yellow") if each.wanted else ""
        table.add_row(
            one_line(each.name), str(each.people), wanted, threshold, Text(each.colour, each.colour),
            str(each.priority), each.id,
        )  # fmt: skip
    output.print(table if lists else "no watch lists yet; add one with: nigoh people lists add NAME")


@command.command("add")
@click.argument("name")
@_wanted
@_threshold
@_colour
@_priority
@reason_option
@database_options
def add_list(
    deployment: Deployment,
    name: str,
    *,
    wanted: bool | None,
    threshold: float | None,
    colour: str | None,
    priority: int | None,
    reason: str,
) -> None:
    """Add the watch list NAME; put people on it with: nigoh people edit WHO --list NAME."""
    if not name.strip():
        raise Invalid("name", "a watch list has a name")
    asked = _asked(WatchList(id="", name=name), wanted, threshold, colour, priority)
    made = open_people(deployment).add_list(actor(reason), asked)
    output.print(f"added the watch list {made.name} ({made.id})", markup=False)


@command.command("edit")
@click.argument("name")
@click.option("--rename", metavar="NAME", help="What it is called from now on.")
@_wanted
@_threshold
@click.option("--no-threshold", is_flag=True, help="The engine's threshold holds again.")
@_colour
@_priority
@reason_option
@database_options
def edit_list(
    deployment: Deployment,
    name: str,
    *,
    rename: str | None,
    wanted: bool | None,
    threshold: float | None,
    no_threshold: bool,
    colour: str | None,
    priority: int | None,
    reason: str,
) -> None:
    """Change what is given of the watch list NAME."""
    with deployment.database.read() as connection:
        found = find_list(connection, name)
    asked = _asked(found, wanted, threshold, colour, priority)
    if rename:
        asked = replace(asked, name=rename)
    if no_threshold:
        asked = replace(asked, threshold=None)
    open_people(deployment).change_list(actor(reason), asked)
    output.print(f"changed the watch list {asked.name}", markup=False)


@command.command("remove")
@click.argument("name")
@reason_option
@database_options
def remove_list(deployment: Deployment, name: str, *, reason: str) -> None:
    """Remove the watch list NAME; the people who stand on it stay."""
    with deployment.database.read() as connection:
        found = find_list(connection, name)
    open_people(deployment).remove_list(actor(reason), found.id)
    output.print(f"removed the watch list {found.name}", markup=False)


def _asked(
    before: WatchList, wanted: bool | None, threshold: float | None, colour: str | None, priority: int | None
) -> WatchList:
    return replace(
        before,
        wanted=before.wanted if wanted is None else wanted,
        threshold=before.threshold if threshold is None else threshold,
        colour=colour or before.colour,
        priority=before.priority if priority is None else priority,
    )


def _listed(each: WatchList, people: int) -> ListedList:
    return ListedList(
        id=each.id, name=each.name, wanted=each.wanted, threshold=each.threshold, colour=each.colour,
        priority=each.priority, people=people,
    )  # fmt: skip
