"""Trying a camera before it is added, or while it is doubted: what it sends, and how large faces are in it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from nigoh.domain.audit import AuditAction
from nigoh.domain.camera import Camera
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels
from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import CameraId
from nigoh.errors import SourceUnavailable, Throttled
from nigoh.office.actor import Actor
from nigoh.office.camera_office import CameraOffice
from nigoh.outbound import Outbound
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.video.camera_facts import Advice, CameraLimits, StreamFacts, advise
from nigoh.video.camera_probe import listen
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions
from nigoh.video.sampling import Sampling

MOST_SECONDS = 15.0

_MOST_AT_ONCE = 2
_LOOKS_PER_S = 2.0
_LONG_SIDE_PX = 1280
_QUALITY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTrial:
    """What came of it.

    Attributes:
        address: of the camera, without user and password.
        stream: what it sends.
        faces: how many were seen, over all looks.
        face_height_px: their median height, or None.
        advice: what to change, most useful first.
        jpeg: its picture, the one with the most faces.
    """

    address: str
    stream: StreamFacts
    faces: int
    face_height_px: float | None
    advice: tuple[Advice, ...]
    jpeg: bytes


class CameraTester:
    """Connects to cameras and looks. Any thread; two at once, as each holds a thread and a decoder.

    Args:
        database: of the audit.
        cameras: know addresses, and which may be connected to.
        outbound: gives the addresses to connect to.
        find_faces: where faces are in a picture.
        now: seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        cameras: CameraOffice,
        outbound: Outbound,
        find_faces: Callable[[Pixels], Faces],
        *,
        now: Callable[[], float],
    ) -> None:
        self._database = database
        self._cameras = cameras
        self._outbound = outbound
        self._find_faces = find_faces
        self._now = now
        self._places = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def test_camera(self, actor: Actor, name: CameraId, seconds: float) -> CameraTrial:
        """Try a camera that is there, with its user and password. Raises Missing, and as `test`."""
        camera = self._cameras.opened(name)
        return self._test(actor, camera.url, camera.transport, seconds, of=camera)

    def test(self, actor: Actor, url: CameraUrl, transport: Literal["tcp", "udp"], seconds: float) -> CameraTrial:
        """Try an address.

        Raises:
            Invalid, OutboundRefused: a camera may not be there.
            SourceError: no retry mends it, e.g. a wrong password.
            SourceUnavailable: it cannot be reached now.
            Throttled: others are being tried.
        """
        self._cameras.require_reachable(url)
        return self._test(actor, url, transport, seconds)

    def _test(
        self,
        actor: Actor,
        url: CameraUrl,
        transport: Literal["tcp", "udp"],
        seconds: float,
        *,
        of: Camera | None = None,
    ) -> CameraTrial:
        # An address of HTTP is not followed elsewhere: the gate would not see where.
        options = SourceOptions(transport=transport, gate=self._outbound, follow=False)
        with self._place():
            self._write_down(actor, url, of)
            stream = listen(url.reveal(), options, seconds)
            jpeg, heights_px = self._look(url, options, seconds)
        return CameraTrial(
            address=str(url),
            stream=stream,
            faces=len(heights_px),
            face_height_px=round(float(np.median(heights_px)), 1) if len(heights_px) else None,
            advice=advise(stream, heights_px, CameraLimits()),
            jpeg=jpeg,
        )

    def _look(self, url: CameraUrl, options: SourceOptions, seconds: float) -> tuple[bytes, Floats]:
        watched = replace(options, end_s=seconds, sampling=Sampling(target_fps=_LOOKS_PER_S))
        best: tuple[int, Pixels] | None = None
        heights: list[Floats] = []
        with open_source(url.reveal(), watched) as source:
            for frame in source.frames():
                boxes = self._find_faces(frame.pixels).boxes
                heights.append(boxes[:, 3] - boxes[:, 1])
                if best is None or len(boxes) >= best[0]:
                    best = len(boxes), frame.pixels
        if best is None:
            raise SourceUnavailable(f"{url} sent no picture", "Test it again.")
        return _encoded(best[1]), np.concatenate(heights)

    def _write_down(self, actor: Actor, url: CameraUrl, of: Camera | None) -> None:
        """Its picture is looked at."""
        kind, identifier = ("camera", of.name) if of is not None else ("camera-address", url.name)
        with self._database.begin() as connection:
            Audit(connection).write(actor.event(AuditAction.VIEW_LIVE, kind, identifier), self._now())

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Throttled("other cameras are being tested", retry_after_s=MOST_SECONDS)
        try:
            yield
        finally:
            self._places.release()


def _encoded(pixels: Pixels) -> bytes:
    height, width = pixels.shape[:2]
    scale = _LONG_SIDE_PX / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()
