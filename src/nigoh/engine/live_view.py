"""Live pictures of a shard's cameras, for whoever looks. While nobody looks they cost a look into a table."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

import av.error
import cv2
from av.video.frame import VideoFrame

from nigoh.domain.frame import Pixels
from nigoh.domain.sighting import CameraId
from nigoh.engine.camera_watch import SeenFace
from nigoh.engine.face_motion import FaceMotion
from nigoh.engine.mailbox import Closed
from nigoh.engine.shard_seam import LiveOptions, LivePicture, Tell
from nigoh.engine.viewing_pace import ViewingPace
from nigoh.video.picture import to_pixels_within

_log = logging.getLogger(__name__)

_JOIN_S = 5.0
_NOBODY = FaceMotion()
_FAULTS = (av.error.FFmpegError, cv2.error, ValueError)
"""What a camera's picture may do to whoever scales and draws it: it is passed over."""


class Annotator(Protocol):
    """Draws faces over pictures."""

    def annotate(self, pixels: Pixels, faces: Sequence[SeenFace], scale: float) -> Pixels:
        """A picture with boxes and names.

        Args:
            pixels: (H, W, 3) uint8 BGR, which is left as it is.
            faces: their boxes are in pixels of the camera's own picture.
            scale: a pixel of the camera's picture in pixels of this one.
        """
        ...


@dataclass(slots=True, eq=False)
class _Shown:
    """A camera that somebody looks at. `asked` paces what is decoded, `taken` what is shown."""

    options: LiveOptions
    asked: ViewingPace = field(init=False)
    taken: ViewingPace = field(init=False)

    def __post_init__(self) -> None:
        self.asked, self.taken = ViewingPace(self.options.fps), ViewingPace(self.options.fps)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    picture: VideoFrame
    captured_s: float


class LiveView:
    """Owns what is shown of a shard's cameras, and the thread that scales, draws and encodes it.

    A context manager. Any thread may call it; no caller waits, but the newest picture of each camera for the encoder.

    Boxes go on as their faces last moved, for pictures come more often than the analysis looks at them.

    Args:
        annotator: draws faces; the encoding thread alone uses it.
        tell: takes the pictures.
        unix_s: the wall clock's time at a monotonic moment (see `Clocks.unix_s`).
    """

    def __init__(self, annotator: Annotator, tell: Tell, unix_s: Callable[[float], float]) -> None:
        self._annotator = annotator
        self._tell = tell
        self._unix_s = unix_s
        self._shown: dict[CameraId, _Shown] = {}
        self._waiting: dict[CameraId, _Waiting] = {}
        self._motion: dict[CameraId, FaceMotion] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="live view", daemon=True)

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """Tell pictures of this camera from now on; None: no longer."""
        with self._changed:
            if options is None:
                self._shown.pop(camera, None)
                self._waiting.pop(camera, None)
                return
            self._shown[camera] = _Shown(options)

    def wants(self, camera: CameraId, now_s: float) -> bool:
        """Whether a picture of this camera should be decoded for viewers, at most their fps times a second."""
        if camera not in self._shown:
            return False
        with self._changed:
            shown = self._shown.get(camera)
            if shown is None or not (shown.asked.is_due(now_s) and shown.taken.is_due(now_s)):
                return False
            shown.asked.took(now_s)
            return True

    def offer(self, camera: CameraId, picture: VideoFrame, captured_s: float) -> None:
        """A decoded picture of a camera, whatever it was decoded for; passed over unless viewers are due one."""
        if camera not in self._shown:
            return
        with self._changed:
            shown = self._shown.get(camera)
            if shown is not None and shown.taken.is_due(captured_s):
                shown.taken.took(captured_s)
                self._waiting[camera] = _Waiting(picture, captured_s)
                self._changed.notify()

    def seen(self, camera: CameraId, faces: Sequence[SeenFace], captured_s: float) -> None:
        """The faces of an analysed picture of a camera. Kept also while nobody looks: the first picture has them."""
        self._motion[camera] = self._motion.get(camera, _NOBODY).then(faces, captured_s)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while (taken := self._take()) is not None:
            camera, waiting, shown = taken
            try:
                jpeg = self._encode(camera, waiting, shown)
            except _FAULTS as error:
                _log.warning("a picture could not be shown: %s", error, extra={"camera": camera})
                continue
            if camera in self._shown:
                try:
                    self._tell(LivePicture(camera, jpeg, self._unix_s(waiting.captured_s)))
                except Closed:
                    return

    def _take(self) -> tuple[CameraId, _Waiting, _Shown] | None:
        """The picture that waits for longest by its camera's turn, or None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            camera = next(iter(self._waiting))
            return camera, self._waiting.pop(camera), self._shown[camera]

    def _encode(self, camera: CameraId, waiting: _Waiting, shown: _Shown) -> bytes:
        pixels, scale = to_pixels_within(waiting.picture, shown.options.long_side_px)
        if faces := self._motion.get(camera, _NOBODY).at(waiting.captured_s):
            pixels = self._annotator.annotate(pixels, faces, scale)
        _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, shown.options.quality])
        return encoded.tobytes()
