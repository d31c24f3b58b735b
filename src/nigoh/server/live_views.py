"""Live views: any number of viewers of a camera, one encoding of its pictures."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import LiveOptions, LivePicture
from nigoh.engine.viewing_pace import ViewingPace
from nigoh.errors import SourceError

Show = Callable[[CameraId, LiveOptions | None], bool]
"""Asks the engine for pictures of a camera, or for none any more; False: there is no such camera."""


class Viewer:
    """One viewer. Takes the newest picture; those that it is too slow for, and that are too many for it, pass by."""

    def __init__(self, options: LiveOptions, told: Callable[[], None] | None = None) -> None:
        self.options = options
        self._told = told
        self._pace = ViewingPace(options.fps)
        self._picture: LivePicture | None = None
        self._closed = False
        self._changed = threading.Condition()

    def put(self, picture: LivePicture) -> None:
        """A picture is there."""
        with self._changed:
            if not self._pace.is_due(picture.captured_unix_s):
                return
            self._pace.took(picture.captured_unix_s)
            self._picture = picture
            self._changed.notify_all()
        if self._told is not None:
            self._told()

    def take(self, wait_s: float) -> LivePicture | None:
        """The newest picture that was not taken yet; None when none came in that time, or it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._picture is not None or self._closed, wait_s)
            picture, self._picture = self._picture, None
            return picture

    def close(self) -> None:
        """It is over."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class LiveViews:
    """Who looks at what. Asks for a camera once, with the largest of what its viewers want. Any thread may use it."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._viewers: dict[CameraId, list[Viewer]] = {}
        self._asked: dict[CameraId, LiveOptions] = {}
        self._lock = threading.Lock()

    @contextmanager
    def look(
        self, camera: CameraId, options: LiveOptions, told: Callable[[], None] | None = None
    ) -> Iterator[Viewer]:
        """A viewer of a camera, for as long as the block lasts. Raises SourceError when there is no such camera.

        Args:
            camera: whose pictures.
            options: how they are wanted.
            told: called in the engine's thread when there is a picture to take; it must not wait.
        """
        viewer = Viewer(options, told)
        with self._lock:
            self._viewers.setdefault(camera, []).append(viewer)
            known = self._ask(camera)
        try:
            if not known:
                raise SourceError(f"there is no camera '{camera}'", "nigoh cameras list shows them.")
            yield viewer
        finally:
            with self._lock:
                self._viewers[camera].remove(viewer)
                if not self._viewers[camera]:
                    del self._viewers[camera]
                self._ask(camera)

    def deliver(self, picture: LivePicture) -> None:
        """A picture for whoever looks at its camera."""
        with self._lock:
            viewers = list(self._viewers.get(picture.camera, ()))
        for viewer in viewers:
            viewer.put(picture)

    def close(self) -> None:
        """Nobody looks any more."""
        with self._lock:
            viewers = [viewer for each in self._viewers.values() for viewer in each]
        for viewer in viewers:
            viewer.close()

    def _ask(self, camera: CameraId) -> bool:
        """Ask for what is wanted now, if that is another than was asked for."""
        wanted = _largest([viewer.options for viewer in self._viewers.get(camera, ())])
        if wanted == self._asked.get(camera):
            return True
        if not self._show(camera, wanted):
            self._asked.pop(camera, None)
            return False
        if wanted is None:
            self._asked.pop(camera, None)
        else:
            self._asked[camera] = wanted
        return True


def _largest(options: list[LiveOptions]) -> LiveOptions | None:
    if not options:
        return None
    return LiveOptions(
        long_side_px=max(each.long_side_px for each in options),
        fps=max(each.fps for each in options),
        quality=max(each.quality for each in options),
    )
