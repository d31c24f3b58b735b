"""Connects a shard's cameras, connects the lost ones again, and lets them rest by their schedules."""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from nigoh.domain.camera_status import LinkState
from nigoh.domain.sighting import CameraId
from nigoh.engine.camera_feed import CameraFeed
from nigoh.engine.clocks import Clocks
from nigoh.engine.link import Link
from nigoh.engine.pacing import ConnectPacer, host_of, waiting
from nigoh.errors import NigohError, SourceUnavailable
from nigoh.video.stream import OpenStream, StreamCounts, StreamOpener, StreamOptions

_log = logging.getLogger(__name__)

_TURN_S = 0.1
_JOIN_S = 5.0


@dataclass(slots=True, eq=False)
class _Kept:
    """A camera, its connection, and what has come of the connections before."""

    feed: CameraFeed
    link: Link
    stream: OpenStream | None = None
    counted: StreamCounts = field(default_factory=StreamCounts)
    was_reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A link as its camera's status shows it; times are monotonic seconds."""

    state: LinkState
    reason: str
    next_step: str
    since_s: float
    next_try_s: float | None


class LinkKeeper:
    """Owns the links of a shard and the thread that moves them. A context manager.

    Args:
        streams: opens connections.
        pacer: when how many may be opened.
        clocks: both; schedules go by the wall clock's local time.
        on_lost: hears, on this thread, that a camera's connection is over.
        jitter: where chance comes from.
    """

    def __init__(
        self,
        streams: StreamOpener,
        pacer: ConnectPacer,
        clocks: Clocks,
        on_lost: Callable[[CameraFeed], None],
        jitter: random.Random,
    ) -> None:
        self._streams = streams
        self._pacer = pacer
        self._clocks = clocks
        self._on_lost = on_lost
        self._jitter = jitter
        self._kept: dict[CameraId, _Kept] = {}
        self._lock = threading.Lock()
        self._news: deque[tuple[CameraFeed, NigohError | None]] = deque()
        self._wake = threading.Event()
        self._ending = False
        self._turned_s = clocks.monotonic()
        self._thread = threading.Thread(target=self._run, name="links", daemon=True)

    def add(self, feed: CameraFeed) -> None:
        """Connect this camera from now on."""
        with self._lock:
            now_s = self._clocks.monotonic()
            link = Link(feed.camera.name, self._jitter, now_s)
            kept = self._kept[feed.camera.name] = _Kept(feed, link)
            link.rest(now_s)
            self._mind(kept, now_s, _minute_of_week(self._clocks.wall()))
        self._wake.set()

    def remove(self, camera: CameraId) -> None:
        """Leave this camera."""
        with self._lock:
            kept = self._kept.pop(camera, None)
            self._pacer.leave(camera)
            if kept is not None:
                self._disconnect(kept)

    def opened(self) -> None:
        """A camera has answered: others of its host may follow at once. Called by the reader's thread."""
        self._wake.set()

    def ended(self, feed: CameraFeed, error: NigohError | None) -> None:
        """The connection at hand of a camera is over. Called by the reader's thread."""
        self._news.append((feed, error))
        self._wake.set()

    def view(self, camera: CameraId) -> tuple[LinkView, StreamCounts, int]:
        """A camera's link, what has come by all its connections, and how many there were after the first."""
        with self._lock:
            kept = self._kept[camera]
            link = kept.link
            view = LinkView(
                state=link.state,
                reason=link.reason,
                next_step=link.next_step,
                since_s=link.since_s,
                next_try_s=link.next_try_s,
            )
            return view, _counts(kept), link.reconnects

    def hangs(self, now_s: float, patience_s: float) -> str:
        """What hangs, "" if nothing does."""
        return "the thread of the connections does not come back" if now_s - self._turned_s > patience_s else ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending = True
        self._wake.set()
        self._thread.join(_JOIN_S)
        with self._lock:
            for kept in self._kept.values():
                self._disconnect(kept)

    def _run(self) -> None:
        while not self._ending:
            self._wake.wait(self._pause_s())
            self._wake.clear()
            with self._lock:
                self._turn(self._clocks.monotonic())

    def _pause_s(self) -> float:
        """Until the next camera may connect, exactly: tenths of a second add up over hundreds of cameras."""
        with self._lock:
            now_s = self._clocks.monotonic()
            next_s = self._pacer.next_s(now_s)
        return _TURN_S if next_s is None else min(_TURN_S, max(0.0, next_s - now_s))

    def _turn(self, now_s: float) -> None:
        self._turned_s = now_s
        while self._news:
            feed, error = self._news.popleft()
            kept = self._kept.get(feed.camera.name)
            if kept is not None and kept.feed is feed:
                self._lose(kept, error or SourceUnavailable(f"{feed.camera.name} was closed"), now_s)
        minute = _minute_of_week(self._clocks.wall())
        for kept in self._kept.values():
            self._mind(kept, now_s, minute)
        if chosen := self._pacer.take(now_s):
            for name in chosen:
                self._connect(self._kept[name], now_s)
            self._pacer.settle(self._clocks.monotonic())

    def _mind(self, kept: _Kept, now_s: float, minute: int) -> None:
        """Bring what the camera does to its link, and what the link says to the camera."""
        feed, link = kept.feed, kept.link
        is_on = feed.camera.schedule.is_on(minute)
        if is_on and link.state is LinkState.RESTING:
            link.wake(now_s)
            self._pacer.wait(waiting(feed.camera, link), now_s)
            feed.coverage.resume(now_s)
        elif not is_on and link.state is not LinkState.RESTING:
            self._disconnect(kept)
            link.rest(now_s)
            self._pacer.leave(feed.camera.name)
            feed.coverage.pause(now_s)
        if kept.stream is not None:
            self._follow(kept, now_s)

    def _follow(self, kept: _Kept, now_s: float) -> None:
        """Tell the link what its connection has brought, and end the connection if it has failed to."""
        feed, link = kept.feed, kept.link
        if feed.info is not None and not kept.was_reached:
            kept.was_reached = True
            link.opened(now_s)
            self._pacer.reached(host_of(feed.camera.url), now_s)
        if feed.has_keyframe:
            link.keyframe()
        if feed.is_blind:
            link.missed(now_s)
        elif feed.has_picture:
            link.pictured(now_s)
        if (overdue := link.tick(now_s)) is not None:
            self._retry(kept, overdue, now_s)

    def _connect(self, kept: _Kept, now_s: float) -> None:
        camera = kept.feed.camera
        kept.link.connect(now_s)
        options = StreamOptions(transport=camera.transport)
        kept.stream = self._streams.open(camera.url, options, kept.feed.connection())

    def _lose(self, kept: _Kept, error: NigohError, now_s: float) -> None:
        if kept.stream is None:
            # It was disconnected before the word of its end came through.
            return
        kept.link.failed(error, now_s)
        self._retry(kept, error, now_s)

    def _retry(self, kept: _Kept, error: NigohError, now_s: float) -> None:
        """The link has failed, and knows when it is to be tried again."""
        wait_s = (kept.link.next_try_s or now_s) - now_s
        extra = {"camera": kept.feed.camera.name, "failures": kept.link.failures, "next_try_s": round(wait_s, 1)}
        _log.warning("lost: %s", error, extra=extra)
        self._disconnect(kept)
        self._pacer.wait(waiting(kept.feed.camera, kept.link), now_s)

    def _disconnect(self, kept: _Kept) -> None:
        if kept.stream is None:
            return
        kept.feed.disconnect()
        kept.stream.close()
        kept.counted, kept.stream, kept.was_reached = _counts(kept), None, False
        self._on_lost(kept.feed)


def _counts(kept: _Kept) -> StreamCounts:
    before = kept.counted
    now = StreamCounts() if kept.stream is None else kept.stream.counts
    return StreamCounts(
        packets=before.packets + now.packets,
        bytes=before.bytes + now.bytes,
        lost_packets=before.lost_packets + now.lost_packets,
    )


def _minute_of_week(unix_s: float) -> int:
    """The minute of the week in local time, counted from Monday 00:00."""
    local = time.localtime(unix_s)
    return (local.tm_wday * 24 + local.tm_hour) * 60 + local.tm_min
