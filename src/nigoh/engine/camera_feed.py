"""One camera's coded pictures: kept, weighed, recorded, and offered to the decoders where somebody needs them.

All of it runs on the reader's thread, which serves all cameras: some microseconds a picture.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Protocol

from nigoh.domain.camera import Camera, Mode, Record
from nigoh.domain.camera_status import Activity
from nigoh.domain.sighting import CameraId
from nigoh.engine.camera_tally import CameraTally
from nigoh.engine.coverage import Coverage
from nigoh.errors import NigohError
from nigoh.video.access_unit import AccessUnit
from nigoh.video.activity import ActivityGate, Pace, Wish
from nigoh.video.ring import PacketRing, RingLimits, StoredUnit
from nigoh.video.ring_decoder import RingDecoder
from nigoh.video.stream import StreamInfo
from nigoh.video.stream_clock import StreamClock


class Purpose(IntEnum):
    """What a picture is decoded for; the greater includes the lesser."""

    SHOW = 0
    LOOK = 1
    ANALYSE = 2


_LATE = 2.0
"""A look that comes after this many of its periods was too late: keyframes come when the camera likes."""

_PURPOSES = {Wish.LOOK: Purpose.LOOK, Wish.ANALYSE: Purpose.ANALYSE}


@dataclass(frozen=True, slots=True, eq=False)
class Want:
    """A picture that somebody wants decoded.

    Attributes:
        feed: whose.
        decoder: of the connection that it came by.
        number: its number in the ring.
        captured_s: when it was taken, monotonic seconds.
        purpose: what for.
        can_wait: it stands between keyframes that come often: the next one will do as well.
    """

    feed: "CameraFeed"
    decoder: RingDecoder
    number: int
    captured_s: float
    purpose: Purpose
    can_wait: bool = False

    @property
    def counts(self) -> bool:
        """Whether it stands in the books: a picture for viewers alone does not."""
        return self.purpose is not Purpose.SHOW


def newer_want(older: Want, newer: Want) -> Want:
    """What is wanted when a newer picture takes an older one's place: for all that either was wanted."""
    return newer if newer.purpose >= older.purpose else replace(newer, purpose=older.purpose)


class Recording(Protocol):
    """Takes the pictures of cameras that are recorded; never waits."""

    def opened(self, camera: CameraId, info: StreamInfo) -> None:
        """A connection begins."""
        ...

    def offer(self, camera: CameraId, stored: StoredUnit) -> None:
        """The next picture."""
        ...


class FeedOwner(Protocol):
    """What a feed needs of its shard. Called on the reader's thread: nothing of it waits."""

    def is_shown(self, camera: CameraId, now_s: float) -> bool:
        """Whether a viewer is due a picture of this camera."""
        ...

    def want(self, want: Want) -> None:
        """A picture is wanted."""
        ...

    def opened(self) -> None:
        """A connection has come about."""
        ...

    def ended(self, feed: "CameraFeed", error: NigohError | None) -> None:
        """The connection at hand is over; None if it was closed."""
        ...


class CameraFeed:
    """Owns one camera's ring, gate, counters and decoder.

    Attributes:
        camera: its camera.
        gate: says which pictures are needed.
        tally, coverage: its books.
        info: what the connection at hand said of itself, None without one.
        has_keyframe, has_picture: whether the connection at hand has brought a keyframe, and one could be decoded.
        is_blind: the last picture that was wanted could not be decoded.
        size_px: width and height of the last decoded picture.
        is_gone: its camera is not watched any more.
    """

    def __init__(
        self,
        camera: Camera,
        owner: FeedOwner,
        recording: Recording | None,
        limits: RingLimits,
        clock: Callable[[], float],
    ) -> None:
        self.camera = camera
        self.gate = ActivityGate(camera.mode, Pace(camera.fps, camera.burst_fps, camera.still_s), camera.regions)
        self.ring = PacketRing(limits)
        self.tally = CameraTally()
        begun_s = clock()
        self.coverage = Coverage(begun_s)
        # Until somebody is to watch it.
        self.coverage.pause(begun_s)
        self.info: StreamInfo | None = None
        self.has_keyframe = self.has_picture = self.is_blind = False
        self.size_px = (0, 0)
        self.is_gone = False
        self._owner = owner
        self._recording = recording if camera.record is not Record.NEVER else None
        self._clock = clock
        self._decoder: RingDecoder | None = None
        self._stream_clock = StreamClock()
        self._number = 0
        self._allowed_s = 0.0
        self._session = 0
        self._lock = threading.Lock()

    def connection(self) -> "FeedSession":
        """A sink for a new connection; what an earlier one still brings is passed over."""
        with self._lock:
            self._session += 1
            self._forget()
            return FeedSession(self, self._session)

    def disconnect(self) -> None:
        """The connection at hand is over; what it still brings is passed over."""
        with self._lock:
            self._session += 1
            self._forget()

    def note_decoded(self, size_px: tuple[int, int] | None) -> None:
        """A wanted picture was decoded, and is so large; None: it could not be."""
        self.is_blind = size_px is None
        if size_px is not None:
            self.has_picture, self.size_px = True, size_px

    def opened(self, session: int, info: StreamInfo) -> None:
        """A connection has said what it will send."""
        with self._lock:
            if session != self._session:
                return
            self.ring.clear()
            self.gate.begin_anew()
            self._stream_clock = StreamClock()
            self._decoder = RingDecoder(info, self.ring)
            self.info = info
        if self._recording is not None:
            self._recording.opened(self.camera.name, info)
        self._owner.opened()

    def put(self, session: int, unit: AccessUnit) -> None:
        """The next picture of a connection."""
        decoder = self._decoder
        if session != self._session or decoder is None:
            return
        now_s = self._clock()
        self.tally.add(received=1)
        if not unit.data:
            return
        self.has_keyframe = self.has_keyframe or unit.is_keyframe
        captured_s = self._stream_clock.place(unit.t_s, now_s)
        stored = StoredUnit(self._number, captured_s, unit)
        self._number += 1
        self.ring.add(stored)
        if self._recording is not None:
            self._recording.offer(self.camera.name, stored)
        wish = self.gate.note_unit(unit.size_bytes, unit.is_keyframe, captured_s)
        if wish is not None:
            purpose = _PURPOSES[wish]
        elif self._owner.is_shown(self.camera.name, now_s):
            # Boxes of people who walk are only right for a moment: where somebody is seen and looked at, each
            # picture is analysed.
            purpose = Purpose.ANALYSE if self.gate.activity is Activity.FACE else Purpose.SHOW
        else:
            return
        can_wait = not unit.is_keyframe and self.gate.keyframes_serve
        self._owner.want(Want(self, decoder, stored.number, captured_s, purpose, can_wait))

    def ended(self, session: int, error: NigohError | None) -> None:
        """A connection is over."""
        if session == self._session:
            self._owner.ended(self, error)

    def _forget(self) -> None:
        self.info, self._decoder = None, None
        self.has_keyframe = self.has_picture = self.is_blind = False

    def watched(self, at_s: float) -> None:
        """The picture of this moment was looked at: so far back the camera counts as watched."""
        camera = self.camera
        if camera.mode is Mode.ADAPTIVE and self.gate.activity is Activity.STILL:
            allowed_s = camera.still_s * _LATE
        else:
            # Whoever is settled is followed more rarely, where sizes tell that nothing else moves.
            allowed_s = _LATE / (self.gate.fps_at(at_s) if camera.mode is Mode.ADAPTIVE else camera.fps)
        # A scene that was at rest at the last look may have been so until this one.
        self.coverage.watched(at_s, max(allowed_s, self._allowed_s))
        self._allowed_s = allowed_s


class FeedSession:
    """The sink of one connection (see `StreamSink`)."""

    def __init__(self, feed: CameraFeed, number: int) -> None:
        self._feed = feed
        self.number = number

    def opened(self, info: StreamInfo) -> None:
        """The camera has said what it will send."""
        self._feed.opened(self.number, info)

    def put(self, unit: AccessUnit) -> None:
        """The next picture."""
        self._feed.put(self.number, unit)

    def ended(self, error: NigohError | None) -> None:
        """It is over."""
        self._feed.ended(self.number, error)
