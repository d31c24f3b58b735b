"""`nigoh people edit`: changes somebody."""

from dataclasses import replace
from pathlib import Path

import click

from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import actor, find_person, list_ids, open_desks, open_people
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
from nigoh.cli.terminal import output
from nigoh.cli.vision_options import vision_options
from nigoh.config.settings import VisionSettings
from nigoh.deployment_wiring import Deployment
from nigoh.domain.people import Person
from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome
from nigoh.errors import Missing
from nigoh.office.person_draft import PersonDraft
from nigoh.storage.database.photos import Photos


@click.command("edit", short_help="Change somebody's details, lists and photos.")
@click.argument("who")
@click.option("--name", metavar="NAME", help="What they are called from now on.")
@details_options
@click.option("--list", "lists", multiple=True, metavar="NAME", help="Put them on this watch list.")
@click.option("--off-list", "off_lists", multiple=True, metavar="NAME", help="Take them off this watch list.")
@click.option("--add-photo", "photos", multiple=True, type=photo_argument, metavar="FILE", help="One more photo.")
@click.option(
    "--face", type=click.IntRange(0), metavar="NUMBER", help="Which face of the photo is meant: 0 is largest."
)
@taken_options
@click.option("--remove-photo", "removed", multiple=True, metavar="ID", help="Remove the photo of this identifier.")
@look_alike_option
@reason_option
@json_option
@vision_options
@database_options
def command(
    deployment: Deployment,
    who: str,
    *,
    name: str | None,
    details: Details,
    lists: tuple[str, ...],
    off_lists: tuple[str, ...],
    photos: tuple[Path, ...],
    taken: Taken,
    removed: tuple[str, ...],
    face: int | None,
    allow_look_alike: bool,
    reason: str,
    as_json: bool,
    vision: VisionSettings,
) -> int:
    """Change what is given of WHO; what is not given stays. --other-name replaces all other names.

    CAMERA is a name or an address. Exit code 1 if one of the photos was not enrolled.
    """
    sent = read_photos(photos)
    person, by = find_person(deployment, who), actor(reason)
    before = PersonDraft.of(person)
    wanted = details.applied_to(replace(before, name=before.name if name is None else name))
    on_lists = (before.lists | list_ids(deployment, lists)) - list_ids(deployment, off_lists)
    if (wanted := replace(wanted, lists=on_lists)) != before:
        open_people(deployment).change(by, person.id, wanted, version=person.version)
    checks: list[PhotoCheck] = []
    if removed or photos or taken.cameras or taken.sightings:
        desks = open_desks(deployment, vision)
        for photo_id in removed:
            _require_own(deployment, person, photo_id)
            desks.enrolment.remove_photo(by, photo_id)
        for photo in [*sent, *taken.photos(deployment, desks.enrolment, by)]:
            meant = replace(photo, face=face)
            checks.append(desks.enrolment.add_photo(by, person.id, meant, allow_look_alike=allow_look_alike))
    (after,) = read_listed(deployment, [find_person(deployment, person.id)])
    told = read_checks(deployment, checks)
    if as_json:
        print_json({"person": after, "photos": told})
    else:
        if told:
            output.print(checks_table(told))
        output.print(f"{after.name} ({after.id}) has {len(after.photos)} photos", markup=False)
    return 0 if all(check.outcome is PhotoOutcome.ENROLLED for check in checks) else 1


def _require_own(deployment: Deployment, person: Person, photo_id: str) -> None:
    """Raises Missing: the photo is not theirs."""
    with deployment.database.read() as connection:
        photo = Photos(connection).get(photo_id)
    if photo is None or photo.person != person.id:
        raise Missing("photo", photo_id)
