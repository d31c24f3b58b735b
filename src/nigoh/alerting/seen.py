"""What rules are asked about: one word about a track, with all that a rule looks at."""

from dataclasses import dataclass
from enum import StrEnum

from nigoh.domain.sighting import CameraId, PersonId, Status


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """A moment as the clock on the wall shows it.

    Attributes:
        minute_of_week: from Monday 00:00.
        day: days since 1970-01-01.
    """

    minute_of_week: int
    day: int

    @property
    def minute_of_day(self) -> int:
        """From 00:00."""
        return self.minute_of_week % (24 * 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One word about a track.

    Attributes:
        sighting: identifier of the track's sighting.
        camera, groups: where.
        status, person: who; None: a stranger, or two who fit about equally well.
        lists: the watch lists that the person stands on.
        score, threshold: similarity, and what it was held against.
        frames, quality: how often and how well the face was seen.
        at: centre of the face in the best shot, fractions of the picture; None: its size is not known.
        first_unix_s, last_unix_s: of the track so far.
        moment: of its last picture, local time.
        is_open: the track goes on.
    """

    sighting: str
    camera: CameraId
    groups: frozenset[str] = frozenset()
    status: Status
    person: PersonId | None = None
    lists: frozenset[str] = frozenset()
    score: float = 0.0
    threshold: float = 0.0
    frames: int = 1
    quality: float = 1.0
    at: tuple[float, float] | None = None
    first_unix_s: float
    last_unix_s: float
    moment: LocalMoment
    is_open: bool = False


class Reason(StrEnum):
    """Why a rule told nobody of something, or why it did."""

    FIRED = "fired"
    GOES_ON = "goes-on"
    DISABLED = "disabled"
    OTHER_KIND = "other-kind"
    OTHER_PERSON = "other-person"
    OTHER_CAMERA = "other-camera"
    OUTSIDE_ZONE = "outside-zone"
    OTHER_TIME = "other-time"
    BELOW_SCORE = "below-score"
    TOO_FEW_FRAMES = "too-few-frames"
    LOW_QUALITY = "low-quality"
    COOL_DOWN = "cool-down"
    TOO_FEW_VISITS = "too-few-visits"
    TOO_SHORT = "too-short"
    ALONE = "alone"
    TOLD_ALREADY = "told-already"
