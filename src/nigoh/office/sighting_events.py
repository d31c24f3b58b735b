"""What followers are told of a sighting: all but names and pictures, which they ask for if they may see them."""

from datetime import UTC, datetime

import msgspec

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.records import Event, EventKind

_KINDS = {
    Stage.APPEARED: EventKind.SIGHTING_APPEARED,
    Stage.CHANGED: EventKind.SIGHTING_CHANGED,
    Stage.LEFT: EventKind.SIGHTING_LEFT,
}
_LATEST_UNIX_S = 253_402_300_799.0
"""The end of the year 9999."""


def sighting_event(told: CameraSighting, now_unix_s: float, *, is_new: bool, has_picture: bool) -> Event:
    """The event of a word about a track.

    Args:
        told: what was said.
        now_unix_s: seconds since 1970.
        is_new: nobody was told of the track before: what is told then is that it appeared, unless it has left.
        has_picture: a picture of it is kept.
    """
    kind = EventKind.SIGHTING_APPEARED if is_new and told.stage is Stage.CHANGED else _KINDS[told.stage]
    return Event(
        kind=kind,
        camera=told.sighting.camera,
        subject=told.id,
        unix_s=now_unix_s,
        body=msgspec.json.encode(_body(told, has_picture)).decode(),
    )


def _body(told: CameraSighting, has_picture: bool) -> dict[str, object]:
    """Under the names that the API has for them."""
    sighting = told.sighting
    return {
        "id": told.id,
        "camera": sighting.camera,
        "track": sighting.track,
        "stage": told.stage,
        "status": sighting.status,
        "person": sighting.person,
        "score": round(sighting.score, 4),
        "threshold": round(sighting.threshold, 4),
        "first_at": _time(told.first_unix_s),
        "last_at": _time(told.last_unix_s),
        "told_at": _time(told.told_unix_s),
        "frames": sighting.frames,
        "quality": round(sighting.best.quality, 3),
        "box": [round(side, 1) for side in sighting.best.box],
        "model": sighting.model,
        "candidates": [{"person": each.person, "score": round(each.score, 4)} for each in sighting.candidates],
        "has_picture": has_picture,
        "late": told.late,
    }


def _time(unix_s: float) -> datetime:
    return datetime.fromtimestamp(min(max(round(unix_s, 3), 0.0), _LATEST_UNIX_S), UTC)
