"""What is agreed between a shard, whoever runs it, and whoever supervises it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from nigoh.domain.camera import Camera
from nigoh.domain.camera_sighting import CameraSighting
from nigoh.domain.camera_status import ShardStatus
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import CameraId
from nigoh.domain.spooled_sighting import TrackTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """A live view's pictures: their long side in pixels, most of them a second, and JPEG quality from 1 to 95."""

    long_side_px: int = 640
    fps: float = 5.0
    quality: int = 80


@dataclass(frozen=True, slots=True)
class LivePicture:
    """An annotated picture of a camera.

    Attributes:
        camera: whose.
        jpeg: the picture.
        captured_unix_s: when it was taken.
    """

    camera: CameraId
    jpeg: bytes
    captured_unix_s: float


@dataclass(frozen=True, slots=True)
class SightingNews:
    """A sighting and what is kept of it.

    Attributes:
        sighting: what is told.
        jpeg: the picture of its best shot.
        template: the track's template so far, None where there is none.
    """

    sighting: CameraSighting
    jpeg: bytes
    template: TrackTemplate | None = None


@dataclass(frozen=True, slots=True)
class Pulse:
    """A sign of life: how the shard is, and what hangs in it ("" if nothing does)."""

    status: ShardStatus
    hangs: str = ""


News = SightingNews | LivePicture | Pulse
"""What a shard tells."""

Tell = Callable[[News], None]
"""Takes news from any thread of a shard. It may wait for a moment, and loses no sighting."""


class Shard(Protocol):
    """Some cameras, watched. A context manager; any thread may use it.

    It tells sightings and live pictures by itself; its owner asks for the pulse.
    """

    def watch(self, cameras: Sequence[Camera]) -> None:
        """Watch these from now on: new ones begin, missing ones end, changed ones begin anew, others go on."""
        ...

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """Tell live pictures of a camera from now on; None: no longer. A camera that is not here is passed over."""
        ...

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """Know these people as they are now, and those who are gone no longer.

        All of it is done before a picture is searched that comes afterwards. Tracks that it is about are decided
        anew; of two changes of one person the older may be passed over.
        """
        ...

    def tune(self, rule: NamingRule) -> None:
        """Name faces by this rule from the next picture on; open tracks are decided anew."""
        ...

    def pulse(self) -> Pulse:
        """How it is."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


BuildShard = Callable[[str, Tell], Shard]
"""Makes a shard of this name. Another process may be asked to: it can be pickled."""
