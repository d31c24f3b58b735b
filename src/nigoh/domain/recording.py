"""What is known of one recorded file, for whoever looks for it."""

from dataclasses import dataclass
from enum import StrEnum

from nigoh.domain.sighting import CameraId


class RecordingKind(StrEnum):
    """Why it was recorded. CLIP: around a sighting. ALWAYS: a segment of a camera that is always recorded."""

    CLIP = "clip"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One file of coded pictures as they came.

    Attributes:
        camera: whose.
        kind: why.
        begin_unix_s: when its first picture was taken, seconds since 1970.
        codec: FFmpeg's name: "h264", "hevc", "mjpeg".
        end_unix_s: when its last picture was taken; None while it is written, and for ever if its writer was killed.
        pictures: in it; 0 as long as `end_unix_s` is None.
        sightings: ids of the sightings that it shows, oldest first.
    """

    camera: CameraId
    kind: RecordingKind
    begin_unix_s: float
    codec: str
    end_unix_s: float | None = None
    pictures: int = 0
    sightings: tuple[str, ...] = ()
