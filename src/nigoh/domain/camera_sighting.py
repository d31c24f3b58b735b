"""A sighting of a live camera, placed on the wall clock."""

from dataclasses import dataclass
from enum import StrEnum

from nigoh.domain.sighting import Sighting


class Stage(StrEnum):
    """Which word about a track this is. APPEARED: the first. CHANGED: another decision. LEFT: the last, with all."""

    APPEARED = "appeared"
    CHANGED = "changed"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSighting:
    """What the engine tells about one track of one camera: as it appears, as it is decided anew, as it leaves.

    Attributes:
        type: always "camera-sighting".
        id: names the track for ever: the same in all its stages, never used again.
        stage: which word about it this is.
        sighting: the track; its `first_s`, `last_s` and `best.t_s` are seconds since the camera's watch began.
        first_unix_s, last_unix_s: when the face was first and last seen, seconds since 1970.
        told_unix_s: when this was said.
        late: the face had to wait until there was time to embed it.
    """

    type: str = "camera-sighting"
    id: str
    stage: Stage
    sighting: Sighting
    first_unix_s: float
    last_unix_s: float
    told_unix_s: float
    late: bool = False
