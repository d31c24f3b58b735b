"""`nigoh people list`: who is enrolled."""

import click

from nigoh.cli.database_options import database_options
from nigoh.cli.people_filter import filter_options
from nigoh.cli.people_options import json_option
from nigoh.cli.people_output import people_table, print_json
from nigoh.cli.people_reading import read_listed
from nigoh.cli.terminal import output, report_note
from nigoh.deployment_wiring import Deployment
from nigoh.domain.page import MOST_ITEMS, PageQuery
from nigoh.storage.database.people import People, PeopleFilter, PeopleOrder


@click.command("list", short_help="Show who is enrolled.")
@click.argument("text", default="", required=False)
@click.option(
    "--sort", type=click.Choice([order.value for order in PeopleOrder]), default="name", show_default=True,
    help="By name, or by when they were enrolled.",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(1, MOST_ITEMS), default=100, show_default=True, help="Most people to show."
)
@json_option
@database_options
@filter_options
def command(deployment: Deployment, *, wanted: PeopleFilter, sort: str, limit: int, as_json: bool) -> None:
    """Show who is enrolled: all, or those whose names have the words of TEXT, in any script and spelling."""
    with deployment.database.read() as connection:
        page = People(connection).page(wanted, PageQuery(limit), PeopleOrder(sort))
        count = People(connection).count(wanted)
    people = read_listed(deployment, page.items)
    if as_json:
        print_json(people)
        return
    if people:
        output.print(people_table(people))
    if count > len(people):
        report_note(f"note: {count} people in all; choose by a name, --group or --list, or show more with --limit")
    elif not people:
        output.print("nobody; enrol somebody with: nigoh people add NAME PHOTO", markup=False)
