"""`nigoh people add`: enrols somebody."""

from pathlib import Path

import click

from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import actor, list_ids, open_desks
from nigoh.cli.people_options import (
    Details,
    details_options,
    json_option,
    look_alike_option,
    photo_argument,
    read_photos,
    reason_option,
)
from nigoh.cli.people_output import checks_table, print_json
from nigoh.cli.people_reading import read_checks, read_listed
from nigoh.cli.people_taken import Taken, taken_options
from nigoh.cli.terminal import output, report_error
from nigoh.cli.vision_options import vision_options
from nigoh.config.settings import VisionSettings
from nigoh.deployment_wiring import Deployment
from nigoh.office.person_draft import PersonDraft


@click.command("add", short_help="Enrol somebody, with photos.")
@click.argument("name")
@click.argument("photos", nargs=-1, type=photo_argument)
@details_options
@click.option("--list", "lists", multiple=True, metavar="NAME", help="Put them on this watch list.")
@taken_options
@look_alike_option
@reason_option
@json_option
@vision_options
@database_options
def command(
    deployment: Deployment,
    name: str,
    photos: tuple[Path, ...],
    *,
    details: Details,
    lists: tuple[str, ...],
    taken: Taken,
    allow_look_alike: bool,
    reason: str,
    as_json: bool,
    vision: VisionSettings,
) -> int:
    """Enrol NAME with PHOTOS, each of which shows their face. CAMERA is a name or an address.

    Nobody is enrolled if no photo can be used, or if somebody who is enrolled looks like this. Exit code 1 then.
    """
    draft = details.applied_to(PersonDraft(name=name, lists=list_ids(deployment, lists)))
    sent = read_photos(photos)
    desks = open_desks(deployment, vision)
    by = actor(reason)
    sent += taken.photos(deployment, desks.enrolment, by)
    done = desks.enrolment.enrol(by, draft, sent, allow_look_alike=allow_look_alike)
    checks = read_checks(deployment, done.photos)
    person = read_listed(deployment, [done.person])[0] if done.person else None
    if as_json:
        print_json({"person": person, "photos": checks})
    elif checks:
        output.print(checks_table(checks))
    if person is None:
        if not as_json:
            report_error(f"{name} was not enrolled")
        return 1
    if not as_json:
        output.print(f"enrolled {person.name} ({person.id}) with {len(person.photos)} photos", markup=False)
    return 0
