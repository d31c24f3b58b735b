"""`nigoh people show`: somebody."""

import click
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import find_person
from nigoh.cli.people_options import json_option
from nigoh.cli.people_output import one_line, print_json
from nigoh.cli.people_reading import read_listed
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment


@click.command("show", short_help="Show somebody and their photos.")
@click.argument("who")
@json_option
@database_options
def command(deployment: Deployment, who: str, *, as_json: bool) -> None:
    """Show what is known of WHO, and their photos without the pictures."""
    (person,) = read_listed(deployment, [find_person(deployment, who)])
    if as_json:
        print_json(person)
        return
    facts = Table(box=None, show_header=False)
    facts.add_column(style="dim")
    for name, value in (
        ("name", person.name),
        ("other names", ", ".join(person.other_names)),
        ("id", person.id),
        ("external id", person.external_id or ""),
        ("group", person.group),
        ("lists", ", ".join(person.lists)),
        ("legal basis", person.legal_basis),
        ("expires", person.expires or "never"),
        ("notes", " / ".join(person.notes.splitlines())),
        ("enrolled", person.created),
        ("changed", person.updated),
    ):
        facts.add_row(name, one_line(value))
    output.print(facts)
    photos = Table("photo", "quality", "advice", "added", box=SIMPLE)
    for photo in person.photos:
        photos.add_row(photo.id, f"{photo.quality:.2f}", Text(", ".join(photo.advice)), photo.created)
    output.print(photos if person.photos else "no photos: nobody is recognised as them")
