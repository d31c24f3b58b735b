"""`nigoh people merge`: two entries of one person become one."""

import sys
import time

import click
import msgspec

from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import actor, find_person
from nigoh.cli.people_options import json_option, reason_option
from nigoh.cli.people_output import print_json
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment
from nigoh.errors import ConfigError
from nigoh.office.people_merger import PeopleMerger


class MergedPerson(msgspec.Struct, frozen=True):
    """What has become of two entries, as JSON; the counts are of what was the other's."""

    id: str
    gone: str
    photos: int
    templates: int
    negatives: int
    sightings: int
    same_photos: int
    contradictions: int
    mentions: int


@click.command("merge", short_help="Make two entries of one person one.")
@click.argument("who")
@click.argument("into")
@click.option("--yes", is_flag=True, help="Do not ask.")
@reason_option
@json_option
@database_options
def command(deployment: Deployment, who: str, into: str, *, yes: bool, reason: str, as_json: bool) -> None:
    """Make WHO and INTO one: photos, templates, sightings and negatives of WHO become those of INTO.

    It cannot be undone; names are therefore given whole, as they are spelt. WHO is gone then; their names find INTO.
    """
    gone, kept = (find_person(deployment, each, exactly=True) for each in (who, into))
    if not yes:
        told = f"{gone.name} ({gone.id}) would become {kept.name} ({kept.id}) for good"
        if not sys.stdin.isatty():
            raise ConfigError(told, "Say so with --yes.")
        click.confirm(f"{told}. Merge?", abort=True, err=True)
    merger = PeopleMerger(deployment.database, deployment.media, now=time.time)
    done = merger.merge(actor(reason), gone.id, kept.id, version=gone.version)
    if as_json:
        names = ("gone", "photos", "templates", "negatives", "sightings", "same_photos", "contradictions", "mentions")
        print_json(MergedPerson(done.person.id, *(getattr(done, name) for name in names)))
        return
    counts = f"photos: {done.photos}, same photos: {done.same_photos}, sightings: {done.sightings}"
    output.print(f"{gone.name} ({gone.id}) is {done.person.name} ({done.person.id}) now; {counts}", markup=False)
