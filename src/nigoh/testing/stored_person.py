"""Somebody of whom everything is stored that can be: made up, without a face."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from sqlalchemy import Connection, insert

from nigoh.domain.clip import Clip
from nigoh.domain.people import LegalBasis, Person, Photo
from nigoh.domain.recording import Recording, RecordingKind
from nigoh.domain.sighting import CameraId, Candidate, PersonId
from nigoh.domain.template import ModelIdentity
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database
from nigoh.storage.database.negatives import Negative, Negatives
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tables import IDEMPOTENCY, NEGATIVES, TEMPLATES, TRACKS
from nigoh.storage.database.templates import TemplateRow, TemplateRows
from nigoh.storage.database.tracks import TrackRow, TrackRows
from nigoh.storage.media import MediaStore
from nigoh.storage.recording_names import recording_path
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.testing.told_sightings import told_sighting

MODEL = ModelIdentity("made-up", "1", "0" * 64, "none", 4)
SEEN_UNIX_S = 1_795_356_000.0
"""When they were seen first; once more each hour."""

_HOUR_S = 3600.0
_VECTOR = b"\0\0\0?" * 4  # four halves, of unit length


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """Who was stored, and the identifiers of what belongs to them.

    Attributes:
        person: who.
        media: pictures, of photos and sightings.
        sightings: of them.
        recordings: files that show them, relative to the folder.
    """

    person: Person
    media: tuple[str, ...]
    sightings: tuple[str, ...]
    recordings: tuple[str, ...]


def store_person(
    database: Database, media: MediaStore, recordings: Path, name: str = "Oʻktam", *, sightings: int = 2
) -> StoredPerson:
    """Store somebody with two photos, templates, a negative, and sightings with pictures, templates and recordings.

    Somebody else's sighting says that they were similar, and an answer that is kept for a day names them.
    """
    identifier = PersonId("01j" + "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum()))
    person = Person(
        id=identifier, name=name, other_names=("Ўктам",), external_id=f"77-{identifier}", notes="=1+1",
        legal_basis=LegalBasis.CONSENT, created_unix_s=SEEN_UNIX_S, updated_unix_s=SEEN_UNIX_S,
    )  # fmt: skip
    ids = [f"gate-{identifier}-{number}" for number in range(sightings)]
    with database.begin() as connection:
        People(connection).add(person)
        photos = [_add_photo(connection, media, person, number) for number in range(2)]
        _add_negative(connection, media, identifier)
        crops = [_add_sighting(connection, media, identifier, each, number) for number, each in enumerate(ids)]
        _mention(connection, identifier)
        files = _record(connection, recordings, ids)
    return StoredPerson(person, (*photos, *crops), tuple(ids), tuple(files))


def _add_photo(connection: Connection, media: MediaStore, person: Person, number: int) -> str:
    scope = person_scope(person.id)
    media_id = media.put(connection, scope, "photo", "image/jpeg", f"photo {number} of {person.id}".encode())
    photo = Photo(
        id=f"photo{number}{person.id}", person=person.id, media_id=media_id, box=(1.0, 2.0, 30.0, 40.0),
        quality=0.8, created_unix_s=SEEN_UNIX_S,
    )  # fmt: skip
    Photos(connection).add(photo, fingerprint=f"{number}{person.id}")
    template = TemplateRow(
        id=f"template{number}{person.id}", person=person.id, photo=photo.id, model=MODEL, created_unix_s=SEEN_UNIX_S,
        vector=_sealed(connection, media, scope, row_binding(TEMPLATES, f"template{number}{person.id}")),
    )  # fmt: skip
    TemplateRows(connection).add(template)
    return media_id


def _add_negative(connection: Connection, media: MediaStore, person: PersonId) -> None:
    identifier = f"negative{person}"
    Negatives(connection).add(
        Negative(
            id=identifier, person=person, sighting="gate-somebody-else", model=MODEL, created_by="dilnoza",
            vector=_sealed(connection, media, person_scope(person), row_binding(NEGATIVES, identifier)),
            created_unix_s=SEEN_UNIX_S,
        )
    )  # fmt: skip


def _add_sighting(connection: Connection, media: MediaStore, person: PersonId, identifier: str, number: int) -> str:
    first = SEEN_UNIX_S + number * _HOUR_S
    media_id = media.put(connection, person_scope(person), "crop", "image/jpeg", f"crop of {identifier}".encode())
    Sightings(connection).put(told_sighting(identifier, person=person, first_unix_s=first), media_id)
    vector = _sealed(connection, media, person_scope(person), row_binding(TRACKS, identifier))
    track = TrackRow(id=identifier, camera=CameraId("gate"), first_unix_s=first, model=MODEL, vector=vector)
    TrackRows(connection).put([track])
    return media_id


def _mention(connection: Connection, person: PersonId) -> None:
    told = told_sighting(f"yard-{person}-similar", camera="yard", first_unix_s=SEEN_UNIX_S)
    candidates = (Candidate(person, 0.3), Candidate(PersonId(f"{person}x"), 0.2))
    Sightings(connection).put(replace(told, sighting=replace(told.sighting, candidates=candidates)))
    answer = {
        "user_id": "u",
        "key": person,
        "request_hash": "0" * 64,
        "status": 201,
        "content_type": "application/json",
    }
    body = f'{{"id": "{person}"}}'.encode()
    connection.execute(insert(IDEMPOTENCY).values(**answer, body=body, created_unix_s=SEEN_UNIX_S))


def _record(connection: Connection, folder: Path, sightings: Sequence[str]) -> list[str]:
    """A recording of each sighting, and one of the same camera when nobody was there."""
    files = []
    for number, sighting in enumerate([*sightings, ""]):
        begin = SEEN_UNIX_S + number * _HOUR_S - 5 if sighting else SEEN_UNIX_S - _HOUR_S
        about = Recording(
            camera=CameraId("gate"), kind=RecordingKind.CLIP, begin_unix_s=begin, end_unix_s=begin + 12, codec="h264",
            pictures=300, sightings=(sighting,) if sighting else (),
        )  # fmt: skip
        path = recording_path(folder, about)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"video")
        path.with_suffix(".json").write_bytes(msgspec.json.encode(about))
        if sighting:
            relative = path.relative_to(folder).as_posix()
            clip = Clip(
                id=f"clip-{sighting}", camera=about.camera, path=relative, first_unix_s=begin,
                last_unix_s=begin + 12, size_bytes=5,
            )  # fmt: skip
            Clips(connection).add(clip)
            files.append(relative)
    return files


def _sealed(connection: Connection, media: MediaStore, scope: str, bound_to: str) -> Sealed:
    return media.vault.seal(connection, scope, _VECTOR, bound_to)
