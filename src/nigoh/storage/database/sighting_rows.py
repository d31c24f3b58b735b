"""Sightings as rows."""

import math
from typing import Any

from sqlalchemy import RowMapping, String

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.records import SightingRecord, Verdict
from nigoh.domain.sighting import CameraId, Candidate, PersonId, Status
from nigoh.storage.database.connecting import is_storable
from nigoh.storage.database.tables import SIGHTINGS

_LARGEST = 2**31 - 1
_LENGTHS = tuple(
    kind.length or _LARGEST
    for kind in (SIGHTINGS.c[name].type for name in ("id", "camera", "person_id", "model"))
    if isinstance(kind, String)
)
"""The most letters of these columns."""

Values = dict[str, Any]
"""By the names of columns."""


def told_values(told: CameraSighting, media_id: str) -> Values:
    """The columns that a word about a track sets."""
    sighting = told.sighting
    return {
        "id": told.id,
        "camera": sighting.camera,
        "track": sighting.track,
        "stage": told.stage.value,
        "status": sighting.status.value,
        "person_id": sighting.person,
        "score": sighting.score,
        "threshold": sighting.threshold,
        "first_unix_s": told.first_unix_s,
        "last_unix_s": told.last_unix_s,
        "told_unix_s": told.told_unix_s,
        "frames": sighting.frames,
        "quality": sighting.best.quality,
        "box": list(sighting.best.box),
        "model": sighting.model,
        "candidates": [[each.person, each.score] for each in sighting.candidates],
        "media_id": media_id,
        "late": told.late,
    }


def new_values(told: CameraSighting, media_id: str) -> Values:
    """All columns of a row that is new."""
    return told_values(told, media_id) | {
        "verdict": Verdict.NONE.value,
        "verdict_by": "",
        "comment": "",
        "version": 1,
    }


def read_sighting(row: RowMapping) -> SightingRecord:
    """The sighting of a row."""
    x1, y1, x2, y2 = row["box"]
    return SightingRecord(
        id=row["id"],
        camera=CameraId(row["camera"]),
        track=row["track"],
        stage=Stage(row["stage"]),
        status=Status(row["status"]),
        person=None if row["person_id"] is None else PersonId(row["person_id"]),
        score=row["score"],
        threshold=row["threshold"],
        first_unix_s=row["first_unix_s"],
        last_unix_s=row["last_unix_s"],
        told_unix_s=row["told_unix_s"],
        frames=row["frames"],
        quality=row["quality"],
        box=(x1, y1, x2, y2),
        model=row["model"],
        candidates=tuple(Candidate(PersonId(person), score) for person, score in row["candidates"]),
        media_id=row["media_id"],
        late=row["late"],
        verdict=Verdict(row["verdict"]),
        verdict_by=row["verdict_by"],
        comment=row["comment"],
        version=row["version"],
    )


def why_unstorable(told: CameraSighting) -> str:
    """What keeps a word about a track out of every database, or "": nothing does."""
    sighting = told.sighting
    texts = (told.id, sighting.camera, sighting.person or "", sighting.model)
    for text, longest in zip(texts, _LENGTHS, strict=True):
        if len(text) > longest or not is_storable(text):
            return "a text is too long, or holds a NUL"
    if not told.id or not is_storable("".join(each.person for each in sighting.candidates)):
        return "it has no id, or a candidate that is no text"
    # One number that is none makes the sum one that is none.
    numbers = (
        *(sighting.score, sighting.threshold, sighting.best.quality, *sighting.best.box),
        *(told.first_unix_s, told.last_unix_s, told.told_unix_s),
        *(each.score for each in sighting.candidates),
    )
    if not math.isfinite(sum(numbers)):
        return "one of its numbers is none"
    if not (0 <= sighting.track <= _LARGEST and 0 <= sighting.frames <= _LARGEST):
        return "its track or its frames are out of range"
    return ""
