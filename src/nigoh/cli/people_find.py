"""`nigoh people find`: who is in a photo."""

from pathlib import Path

import click
import msgspec
from rich.box import SIMPLE
from rich.table import Table

from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import actor, open_desks
from nigoh.cli.people_options import json_option, photo_argument, read_photos, reason_option
from nigoh.cli.people_output import one_line, print_json
from nigoh.cli.terminal import output
from nigoh.cli.vision_options import vision_options
from nigoh.config.settings import VisionSettings
from nigoh.deployment_wiring import Deployment
from nigoh.office.recognition_office import MOST_CANDIDATES


class FoundPerson(msgspec.Struct, frozen=True):
    """Somebody whom a face resembles, as JSON; the score is a cosine similarity."""

    id: str
    name: str
    score: float


class FoundFace(msgspec.Struct, frozen=True):
    """A face of the photo and the nearest people, as JSON; the box is in pixels, the quality in [0, 1]."""

    box: tuple[float, float, float, float]
    quality: float
    people: tuple[FoundPerson, ...]


@click.command("find", short_help="Say who is in a photo.")
@click.argument("photo", type=photo_argument)
@click.option("-k", "--most", type=click.IntRange(1, MOST_CANDIDATES), default=3, show_default=True, help="A face.")
@reason_option
@json_option
@vision_options
@database_options
def command(
    deployment: Deployment, photo: Path, *, most: int, reason: str, as_json: bool, vision: VisionSettings
) -> None:
    """Say whom each face in PHOTO resembles most among the people who are enrolled. The search is written down."""
    (sent,) = read_photos((photo,))
    found = open_desks(deployment, vision).recognition.recognise(actor(reason), sent.data, most, sent.name)
    faces = [
        FoundFace(
            each.face.box,
            each.face.quality,
            tuple(FoundPerson(who.person, found.people[who.person].name, who.score) for who in each.candidates),
        )
        for each in found.faces
    ]
    if as_json:
        print_json(faces)
        return
    table = Table("face", "quality", "who", "similarity", "id", box=SIMPLE)
    for number, face in enumerate(faces):
        for who in face.people or (FoundPerson("", "nobody is enrolled", 0.0),):
            table.add_row(str(number), f"{face.quality:.2f}", one_line(who.name), f"{who.score:.2f}", who.id)
    output.print(table if faces else "no face was found")
