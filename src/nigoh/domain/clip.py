"""A recorded clip, as lists of clips show it."""

from dataclasses import dataclass

from nigoh.domain.sighting import CameraId


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A file of the folder of recordings.

    Attributes:
        id: names it for ever.
        camera: whose.
        path: relative to the folder of recordings.
        first_unix_s, last_unix_s: when it begins and ends, seconds since 1970.
        size_bytes: of the file.
    """

    id: str
    camera: CameraId
    path: str
    first_unix_s: float
    last_unix_s: float
    size_bytes: int

    def __post_init__(self) -> None:
        if self.last_unix_s < self.first_unix_s or self.size_bytes < 0:
            raise ValueError("a clip does not end before it begins, and has at least 0 bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFilter:
    """All that is given has to fit.

    Attributes:
        cameras: of one of these; None: of any.
        since_unix_s: ends not before.
        until_unix_s: begins before.
    """

    cameras: frozenset[CameraId] | None = None
    since_unix_s: float | None = None
    until_unix_s: float | None = None
