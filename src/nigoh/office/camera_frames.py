"""Pictures that are taken of cameras when somebody asks: to enrol whoever stands there, to look for them."""

import threading
from collections.abc import Callable, Sequence

from nigoh.domain.camera import Camera
from nigoh.domain.frame import Pixels
from nigoh.domain.sighting import CameraId
from nigoh.errors import Missing, SourceUnavailable
from nigoh.storage.safe_pictures import encode_picture

MOST_AT_ONCE = 4
"""Each holds a connection to a camera, and a thread that waits for it."""

_WAIT_S = 5.0


class CameraFrames:
    """Takes pictures. Any thread; so many at once.

    Args:
        find: the camera of a name, with its whole address; raises Missing. Those of the database.
        configured: those of nigoh.toml, which hold where both name one.
        take: connects to a camera and gives its next picture, (H, W, 3) uint8 BGR.
    """

    def __init__(
        self,
        find: Callable[[CameraId], Camera],
        configured: Sequence[Camera],
        take: Callable[[Camera], Pixels],
    ) -> None:
        self._find = find
        self._configured = {camera.name.casefold(): camera for camera in configured}
        self._take = take
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def take(self, name: CameraId) -> bytes:
        """The next picture of a camera, as it would be kept of a photo: encoded, scaled down if it is large.

        Raises:
            Missing: there is no such camera.
            SourceError, SourceUnavailable: it gives none.
            OutboundRefused: its host may not be connected to.
        """
        camera = self._configured.get(name.casefold()) or self._find(name)
        if not self._places.acquire(timeout=_WAIT_S):
            raise SourceUnavailable("pictures of too many cameras are being taken", "Ask again in some seconds.")
        try:
            return encode_picture(self._take(camera))
        finally:
            self._places.release()


def no_frames(name: CameraId) -> bytes:
    """Where no cameras are connected to."""
    raise Missing("camera", name)
