"""`nigoh people remove`: erases somebody."""

import sys

import click
import msgspec

from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import actor, find_person, open_people
from nigoh.cli.people_options import json_option, reason_option
from nigoh.cli.people_output import print_json
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment
from nigoh.errors import ConfigError


class ErasedPerson(msgspec.Struct, frozen=True):
    """Who was erased, as JSON; the counts are those of what went with them."""

    id: str
    photos: int
    templates: int
    negatives: int
    keys: int
    final: bool


@click.command("remove", short_help="Erase somebody for good.")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@reason_option
@json_option
@database_options
def command(deployment: Deployment, who: str, *, yes: bool, reason: str, as_json: bool) -> None:
    """Erase WHO: names, photos, templates, and the key under which these were sealed, in backups too.

    It cannot be undone; a name is therefore given whole, as it is spelt.
    """
    person = find_person(deployment, who, exactly=True)
    if not yes:
        if not sys.stdin.isatty():
            raise ConfigError(f"{person.name} ({person.id}) would be erased for good", "Say so with --yes.")
        click.confirm(f"Erase {person.name} ({person.id}) for good?", abort=True, err=True)
    done = open_people(deployment).erase(actor(reason), person.id, version=person.version)
    if as_json:
        print_json(ErasedPerson(done.person, done.photos, done.templates, done.negatives, done.keys, done.final))
        return
    output.print(
        f"erased {person.name} ({person.id}); photos: {done.photos}, keys destroyed: {done.keys}", markup=False
    )
    if not done.final:
        output.print("the freed places in the database are overwritten when its readers allow it", markup=False)
