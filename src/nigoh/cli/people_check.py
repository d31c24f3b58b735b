"""`nigoh people check`: how good photos are."""

from pathlib import Path

import click

from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import find_person, open_desks
from nigoh.cli.people_options import json_option, photo_argument, read_photos
from nigoh.cli.people_output import checks_table, print_json
from nigoh.cli.people_reading import read_checks
from nigoh.cli.terminal import output
from nigoh.cli.vision_options import vision_options
from nigoh.config.settings import VisionSettings
from nigoh.deployment_wiring import Deployment
from nigoh.domain.photo_check import PhotoOutcome


@click.command("check", short_help="Say how good photos are, without saving anything.")
@click.argument("photos", nargs=-1, required=True, type=photo_argument)
@click.option("--for", "who", metavar="WHO", help="Whose photos they would be.")
@json_option
@vision_options
@database_options
def command(
    deployment: Deployment, photos: tuple[Path, ...], *, who: str | None, as_json: bool, vision: VisionSettings
) -> int:
    """Say of each of PHOTOS what would become of it. Exit code 1 if one could not be enrolled."""
    person = find_person(deployment, who).id if who else None
    sent = read_photos(photos)
    desks = open_desks(deployment, vision)
    checks = [desks.enrolment.check_photo(photo, person) for photo in sent]
    told = read_checks(deployment, checks)
    if as_json:
        print_json(told)
    else:
        output.print(checks_table(told))
    return 0 if all(check.outcome is PhotoOutcome.USABLE for check in checks) else 1
