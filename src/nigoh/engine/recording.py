"""The recorder of a shard: clips around sightings, and cameras that are always recorded."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from nigoh.domain.camera import Camera, Record
from nigoh.domain.sighting import CameraId
from nigoh.engine.recording_inbox import Sighted, WaitingBytes
from nigoh.engine.recording_lane import Lane
from nigoh.engine.recording_plan import RecordingOptions
from nigoh.engine.recording_seam import RecordingCounts, RecordingStore
from nigoh.errors import OutputError
from nigoh.video.ring import PacketRing, StoredUnit
from nigoh.video.stream import StreamInfo

_TEND_S = 1.0
_JOIN_S = 10.0


@dataclass(frozen=True, slots=True)
class RecordingClock:
    """Where a recorder has its time from: monotonic seconds, and seconds since 1970 for labels."""

    monotonic_s: Callable[[], float] = time.monotonic
    unix_s: Callable[[], float] = time.time


class Recorder:
    """Records the cameras of one shard. A context manager that joins its one thread within a deadline.

    Any thread may call it; nothing waits for the disk and nothing raises. A disk that is full, or a limit that is
    reached, pauses all cameras and ends their files well; it is tried again by itself, and nobody else notices.

    The order that a camera's feed keeps: `opened` before the first picture of the new connection enters the ring;
    each picture enters the ring before it is offered.
    """

    def __init__(
        self, store: RecordingStore, options: RecordingOptions | None = None, clock: RecordingClock | None = None
    ) -> None:
        """Set it up; it starts when the context is entered.

        Args:
            store: where files go.
            options: how much is recorded.
            clock: of the pictures' `captured_s`.
        """
        self._store = store
        self._options = options or RecordingOptions()
        self._clock = clock or RecordingClock()
        self._waiting = WaitingBytes(self._options.most_waiting_bytes)
        self._lanes: dict[CameraId, Lane] = {}
        self._leaving: list[Lane] = []
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._beat_s = self._clock.monotonic_s()
        self._pause = ""
        self._retry_s = self._tend_s = 0.0

    def add(self, camera: Camera, ring: PacketRing) -> None:
        """Record this camera, as it says; its ring keeps `ring_s` seconds. An earlier camera of its name ends."""
        self.remove(camera.name)
        if camera.record is Record.NEVER:
            return
        lane = Lane(camera, ring, self._store, self._options, self._waiting)
        with self._lock:
            self._lanes[camera.name] = lane

    def remove(self, camera: CameraId) -> None:
        """Record this camera no longer; what has come of it is still written."""
        with self._lock:
            lane = self._lanes.pop(camera, None)
            if lane is not None:
                self._leaving.append(lane)

    def opened(self, camera: CameraId, info: StreamInfo) -> None:
        """A camera has connected: its pictures count from 0, and go to another file."""
        lane = self._lanes.get(camera)
        if lane is not None:
            lane.inbox.put(info)

    def offer(self, camera: CameraId, stored: StoredUnit) -> None:
        """The next coded picture of a camera; takes a microsecond. One that is not recorded is passed over."""
        lane = self._lanes.get(camera)
        if lane is not None:
            lane.inbox.put_unit(stored)

    def sighting(self, camera: CameraId, sighting_id: str, captured_s: float) -> None:
        """A sighting began or goes on at this time: its clip lasts until `post_roll_s` after the last such word.

        Sightings whose clips touch share one. Of a camera that is always recorded, the file is told that it shows it.
        """
        lane = self._lanes.get(camera)
        if lane is not None:
            lane.inbox.put(Sighted(sighting_id, captured_s))

    def state(self, camera: CameraId) -> str:
        """For `CameraStatus.recording`: "", "clip", "always", or "paused: ..." with the reason."""
        lane = self._lanes.get(camera)
        if lane is None:
            return ""
        return f"paused: {self._pause}" if self._pause else lane.state

    def counts(self, camera: CameraId) -> RecordingCounts:
        """What has been done for a camera since it was added."""
        lane = self._lanes.get(camera)
        return RecordingCounts() if lane is None else lane.counts

    @property
    def silent_s(self) -> float:
        """How long ago its thread has last gone round: a disk that hangs lets it grow."""
        return self._clock.monotonic_s() - self._beat_s

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._ending.wait(self._options.step_s):
            self._step()
        self._step()
        with self._lock:
            lanes = [*self._lanes.values()]
        for lane in lanes:
            lane.abandon()

    def _step(self) -> None:
        """Once round all cameras."""
        self._beat_s = now_s = self._clock.monotonic_s()
        with self._lock:
            lanes, leaving, self._leaving = [*self._lanes.values()], self._leaving, []
        lanes += leaving
        try:
            if self._has_room(now_s):
                self._pause = ""
                offset_s = self._clock.unix_s() - now_s
                for lane in lanes:
                    lane.step(now_s, offset_s)
        except OutputError as error:
            self._pause = error.what
            self._retry_s = self._clock.monotonic_s() + self._options.retry_s
        if self._pause:
            for lane in lanes:
                lane.pause(now_s)
        for lane in leaving:
            lane.abandon()

    def _has_room(self, now_s: float) -> bool:
        """Whether to record now; has the store tended now and then. Raises OutputError: why there is no room."""
        if self._pause and now_s < self._retry_s:
            return False
        if self._pause or now_s >= self._tend_s:
            self._tend_s = now_s + _TEND_S
            self._store.tend()
        return True
