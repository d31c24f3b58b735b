"""`nigoh people export`: people and their photos as a ZIP."""

import time
from pathlib import Path

import click
import msgspec

from nigoh.cli.database_options import database_options
from nigoh.cli.people_filter import filter_options
from nigoh.cli.people_opening import actor
from nigoh.cli.people_options import json_option, reason_option
from nigoh.cli.people_output import print_json
from nigoh.cli.terminal import output, report_note
from nigoh.deployment_wiring import Deployment
from nigoh.errors import ConfigError
from nigoh.office.export_office import ExportOffice
from nigoh.storage.database.people import PeopleFilter
from nigoh.storage.people_export import PrivateFile


class Exported(msgspec.Struct, frozen=True):
    """What was exported, as JSON; `lost` names photos whose pictures do not open."""

    file: str
    people: int
    photos: int
    lost: tuple[str, ...]


@click.command("export", short_help="Write people and their photos into a ZIP.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("text", default="", required=False)
@reason_option
@json_option
@database_options
@filter_options
def command(deployment: Deployment, file: Path, *, wanted: PeopleFilter, reason: str, as_json: bool) -> None:
    """Write people and their photos into FILE, a ZIP that `nigoh people import` reads. It is not encrypted.

    All people, or those whose names have the words of TEXT. The file is for its owner alone; the export is written
    down in the audit.
    """
    if file.exists():
        raise ConfigError(f"{file} exists already", "Choose another name: it is not overwritten.")
    office = ExportOffice(deployment.database, deployment.media, now=time.time)
    with PrivateFile(file) as target:
        done = office.export(actor(reason), target, wanted)
    if as_json:
        print_json(Exported(str(file), done.people, done.photos, done.lost))
    else:
        output.print(f"{done.people} people with {done.photos} photos in {file}", markup=False)
    for photo in done.lost:
        report_note(f"note: the picture of photo {photo} does not open; see: nigoh doctor")
