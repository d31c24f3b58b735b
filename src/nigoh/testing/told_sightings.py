"""Sightings as an engine tells them, made up."""

from dataclasses import replace

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.sighting import BestShot, CameraId, Candidate, PersonId, Sighting, Status

_SCORES = {Status.KNOWN: 0.7, Status.WANTED: 0.7, Status.AMBIGUOUS: 0.45, Status.UNKNOWN: 0.1}


def told_sighting(
    identifier: str, *, camera: str = "gate", person: str | None = None, first_unix_s: float = 1_000.0
) -> CameraSighting:
    """The first word about a track: of somebody known, or of nobody."""
    status = Status.UNKNOWN if person is None else Status.KNOWN
    who = None if person is None else PersonId(person)
    sighting = Sighting(
        camera=CameraId(camera),
        track=1,
        status=status,
        person=who,
        score=_SCORES[status],
        threshold=0.4,
        first_s=1.0,
        last_s=2.0,
        frames=3,
        best=BestShot(t_s=1.5, box=(10.0, 20.0, 110.5, 140.25), quality=0.75),
        model="sface/2021dec",
        candidates=() if who is None else (Candidate(who, _SCORES[status]),),
    )
    return CameraSighting(
        id=identifier,
        stage=Stage.APPEARED,
        sighting=sighting,
        first_unix_s=first_unix_s,
        last_unix_s=first_unix_s + 1,
        told_unix_s=first_unix_s + 1.5,
    )


def later_word(told: CameraSighting, stage: Stage, *, after_s: float = 1.0) -> CameraSighting:
    """What is told of the same track so much later."""
    return replace(
        told,
        stage=stage,
        sighting=replace(told.sighting, last_s=told.sighting.last_s + after_s, frames=told.sighting.frames + 1),
        last_unix_s=told.last_unix_s + after_s,
        told_unix_s=told.told_unix_s + after_s,
    )
