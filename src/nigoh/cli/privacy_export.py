"""`nigoh privacy export`: a copy of all data on somebody."""

import time
from pathlib import Path

import click
import msgspec

from nigoh.cli.config_option import optional_config_option
from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import actor, find_person
from nigoh.cli.people_options import json_option, reason_option
from nigoh.cli.privacy_place import privacy_place
from nigoh.cli.terminal import output, report_note
from nigoh.deployment_wiring import Deployment
from nigoh.domain.subject_copy import CopyOptions
from nigoh.errors import OutputError
from nigoh.office.subject_export import SubjectExporter
from nigoh.storage.people_export import PrivateFile


@click.command("export", short_help="A copy of all data on somebody, for themselves.")
@click.argument("who")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--without-recordings", is_flag=True, help="Leave out video, in which others may be seen too.")
@click.option("--with-users", is_flag=True, help="Name those who looked at their data, instead of numbering them.")
@optional_config_option
@reason_option
@json_option
@database_options
def command(
    deployment: Deployment,
    who: str,
    file: Path,
    *,
    without_recordings: bool,
    with_users: bool,
    config: Path | None,
    reason: str,
    as_json: bool,
) -> None:
    """Write all that is known of WHO into FILE, a ZIP: who they are, photos, sightings, video, who looked at them.

    It is meant for the person themselves (GDPR, articles 15 and 20). It is not encrypted: hand it over safely.
    """
    if file.exists():
        raise OutputError(f"{file} exists already", "Choose another name: it is not overwritten.")
    person = find_person(deployment, who)
    recordings, _ = privacy_place(config, deployment.settings)
    exporter = SubjectExporter(deployment.database, deployment.media, recordings, now=time.time)
    options = CopyOptions(recordings=not without_recordings, users=with_users)
    with PrivateFile(file) as target:
        copy = exporter.export(actor(reason), person.id, target, options)
    if as_json:
        output.print(msgspec.json.format(msgspec.json.encode(copy), indent=2).decode(), markup=False)
    else:
        seen = f"{copy.sightings} sightings with {copy.crops} pictures, {copy.recordings} recordings"
        output.print(f"{file}: {copy.photos} photos, {seen}, {copy.entries} entries of the audit", markup=False)
    if copy.lost:
        report_note(f"note: {len(copy.lost)} files do not open or are missing, the first is {copy.lost[0]}")
