"""Between the receiver's thread and one reader: coded pictures, bounded."""

import threading
from collections import deque

from nigoh.errors import NigohError
from nigoh.video.access_unit import AccessUnit
from nigoh.video.rtsp.session_description import VideoTrack


class UnitQueue:
    """A sink that keeps pictures for one reader (see `UnitSink`). The receiver's thread puts, one thread takes.

    A reader that is too slow loses the oldest pictures, always up to a keyframe, as what follows a lost one cannot be
    decoded: `offered == taken + dropped + len(queue)`. Pictures without data are not kept.

    Attributes:
        offered: pictures with data that came.
        dropped: among them, those that the reader was too slow for.
    """

    def __init__(self, most_units: int = 256, most_bytes: int = 16 * 1024 * 1024) -> None:
        self.offered = 0
        self.dropped = 0
        self._most_units = most_units
        self._most_bytes = most_bytes
        self._units: deque[AccessUnit] = deque()
        self._bytes = 0
        self._skips = False
        self._changed = threading.Condition()
        self._track: VideoTrack | None = None
        self._is_over = False
        self._error: NigohError | None = None

    def __len__(self) -> int:
        return len(self._units)

    def opened(self, track: VideoTrack) -> None:
        """The camera has said what it will send."""
        with self._changed:
            self._track = track
            self._changed.notify_all()

    def put(self, unit: AccessUnit) -> None:
        """Keep a picture; drops older ones when there is no room, and never waits."""
        if not unit.data:
            return
        with self._changed:
            self.offered += 1
            self._skips = self._skips and not unit.is_keyframe
            if self._is_over or self._skips:
                self.dropped += 1
                return
            self._units.append(unit)
            self._bytes += len(unit.data)
            if len(self._units) > self._most_units or self._bytes > self._most_bytes:
                self._drop_oldest()
            self._changed.notify_all()

    def ended(self, error: NigohError | None) -> None:
        """No more will come; what is kept can still be taken."""
        with self._changed:
            self._is_over = True
            self._error = self._error or error
            self._changed.notify_all()

    def close(self) -> None:
        """The reader has had enough: what is kept is dropped, and whoever waits is woken."""
        with self._changed:
            self._is_over = True
            self.dropped += len(self._units)
            self._clear()
            self._changed.notify_all()

    def wait_for_track(self, wait_s: float) -> VideoTrack | None:
        """What the camera sends, or None if it does not say in time, or somebody has closed.

        Raises:
            NigohError: why the camera could not be opened.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._track is not None or self._is_over, wait_s)
            self._raise_error()
            return self._track

    def take(self, wait_s: float | None = None) -> AccessUnit | None:
        """The next picture, or None if none came in time, or somebody has closed.

        Raises:
            NigohError: why no more will come.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._units or self._is_over, wait_s)
            if self._units:
                unit = self._units.popleft()
                self._bytes -= len(unit.data)
                return unit
            self._raise_error()
            return None

    def _raise_error(self) -> None:
        if self._error is not None and not self._units:
            raise self._error

    def _drop_oldest(self) -> None:
        """Everything before the second keyframe; without one, everything until the next keyframe comes."""
        next_key = next((at for at, unit in enumerate(self._units) if at and unit.is_keyframe), None)
        if next_key is None:
            self._skips = True
            self.dropped += len(self._units)
            self._clear()
            return
        for _ in range(next_key):
            self._bytes -= len(self._units.popleft().data)
        self.dropped += next_key

    def _clear(self) -> None:
        self._units.clear()
        self._bytes = 0
