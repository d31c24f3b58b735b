"""A shard: some cameras watched by one process. Read from top to bottom it is the way of a picture.

stream -> feed (ring, gate) -> desk -> decoders -> batcher -> analysis -> news
reader's thread             |  decoder threads  |  analysis thread
"""

import random
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Protocol, Self

import psutil
from av.video.frame import VideoFrame

from nigoh.domain.camera import Camera, Record
from nigoh.domain.camera_status import CameraStatus, Drop, ShardStatus
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import CameraId
from nigoh.engine.analysis_line import AnalysisLine, Aside, Eyes
from nigoh.engine.batching import Batcher, BatchPolicy
from nigoh.engine.camera_feed import CameraFeed, Recording, Want, newer_want
from nigoh.engine.camera_watch import SeenFace
from nigoh.engine.clocks import Clocks
from nigoh.engine.decode_desk import DecodeDesk, Standing
from nigoh.engine.decoding import Crew, Decoding, WaitingFrame, Witness
from nigoh.engine.link_keeper import LinkKeeper
from nigoh.engine.pacing import ConnectPacer
from nigoh.engine.shard_seam import LiveOptions, Pulse, SightingNews, Tell
from nigoh.errors import NigohError
from nigoh.video.ring import PacketRing, RingLimits
from nigoh.video.stream import StreamOpener

_HANGS_S = 15.0
"""A batch or a picture takes a second at most, however slow the machine: what takes so long will not come back."""

_BACKLOG = 6
"""Wants for each decoder thread from which on pictures between keyframes are shed first."""

_RING_S = 1.0
"""What is kept of a camera that is not recorded, beyond the group of pictures at hand."""


class Recorder(Recording, Protocol):
    """Records cameras; see `nigoh.engine.recording.Recorder`."""

    def add(self, camera: Camera, ring: PacketRing) -> None:
        """Record this camera."""
        ...

    def remove(self, camera: CameraId) -> None:
        """Record it no longer."""
        ...

    def sighting(self, camera: CameraId, sighting_id: str, captured_s: float) -> None:
        """Somebody is there at this moment."""
        ...

    def state(self, camera: CameraId) -> str:
        """What is done with it, for its status."""
        ...


class Live(Protocol):
    """Shows cameras to viewers; see `nigoh.engine.live_view.LiveView`."""

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """Tell live pictures of a camera, or no longer."""
        ...

    def wants(self, camera: CameraId, now_s: float) -> bool:
        """Whether a viewer is due a picture."""
        ...

    def offer(self, camera: CameraId, picture: VideoFrame, captured_s: float) -> None:
        """A decoded picture."""
        ...

    def seen(self, camera: CameraId, faces: Sequence[SeenFace], captured_s: float) -> None:
        """The faces of an analysed frame."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardOptions:
    """How a shard works.

    Attributes:
        decode_threads: how many.
        batch: of frames for the analysis.
        recorded_ring_s: what the rings of recorded cameras keep.
    """

    decode_threads: int = 1
    batch: BatchPolicy = field(default_factory=BatchPolicy)
    recorded_ring_s: float = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardParts:
    """What a shard is made of.

    Attributes:
        eyes: what sees.
        streams: what connects.
        pacer: how fast.
        live: for viewers.
        recorder: None records nothing.
        aside: takes the faces for which there is no time.
        witness: notes what is being decoded, for after a crash.
        owned: what the shard enters before it begins and leaves when it has ended, in this order and back.
    """

    eyes: Eyes
    streams: StreamOpener
    pacer: ConnectPacer
    live: Live
    recorder: Recorder | None
    aside: Aside
    witness: Witness | None = None
    owned: tuple[AbstractContextManager[object], ...] = ()


class CameraShard:
    """Watches cameras (see `nigoh.engine.shard_seam.Shard`).

    Args:
        name: what it is called.
        parts: what it is made of; it enters and leaves the streams and what it owns.
        tell: where its news go.
        options: how it works.
        clocks: both.
    """

    def __init__(
        self, name: str, parts: ShardParts, tell: Tell, options: ShardOptions, clocks: Clocks | None = None
    ) -> None:
        self._name = name
        self._parts = parts
        self._tell = tell
        self._options = options
        self._clocks = clocks or Clocks()
        clock = self._clocks.monotonic
        self._feeds: dict[CameraId, CameraFeed] = {}
        self._lock = threading.Lock()
        self._process = psutil.Process()
        self._desk: DecodeDesk[CameraFeed, Want] = DecodeDesk(clock, newer_want)
        frames: Batcher[CameraFeed, WaitingFrame] = Batcher(options.batch, clock)
        crew = Crew(options.decode_threads, parts.witness)
        self._decoding = Decoding(self._desk, frames, parts.live, clock, crew)
        self._line = AnalysisLine(parts.eyes, frames, self, parts.aside, self._clocks)
        self._keeper = LinkKeeper(
            parts.streams,
            parts.pacer,
            self._clocks,
            self._lost,
            random.Random(),  # noqa: S311 - spreads retries
        )
        self._open = ExitStack()

    def watch(self, cameras: Sequence[Camera]) -> None:
        """Watch these from now on."""
        with self._lock:
            wanted = {camera.name: camera for camera in cameras}
            for name, feed in list(self._feeds.items()):
                if wanted.get(name) != feed.camera:
                    self._remove(feed)
                    if name not in wanted:
                        # Whoever places it here again says whether it is shown.
                        self._parts.live.show(name, None)
            for camera in cameras:
                if camera.name not in self._feeds:
                    self._add(camera)

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """Tell live pictures of a camera from now on, or no longer."""
        self._parts.live.show(camera, options)

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """Know these people as they are now."""
        self._line.enrol(changes)

    def tune(self, rule: NamingRule) -> None:
        """Name faces by this rule from now on."""
        self._line.tune(rule)

    def pulse(self) -> Pulse:
        """How it is."""
        now_s = self._clocks.monotonic()
        with self._lock:
            feeds = list(self._feeds.values())
            cameras = tuple(self._status(feed, now_s) for feed in feeds)
        with self._process.oneshot():
            cpu = self._process.cpu_times()
            status = ShardStatus(
                shard=self._name,
                pid=self._process.pid,
                cpu_s=cpu.user + cpu.system,
                resident_bytes=self._process.memory_info().rss,
                threads=self._process.num_threads(),
                descriptors=self._process.num_fds(),
                cameras=cameras,
            )
        return Pulse(status, self._hangs(now_s))

    def is_shown(self, camera: CameraId, now_s: float) -> bool:
        """For feeds: whether a viewer is due a picture."""
        return self._parts.live.wants(camera, now_s)

    def want(self, want: Want) -> None:
        """For feeds: have a picture decoded. Each want that counts is booked as offered, and once as its end."""
        tally = want.feed.tally
        if want.counts:
            tally.add(offered=1)
            if want.can_wait and len(self._desk) >= _BACKLOG * self._options.decode_threads:
                # Its keyframe comes soon and costs a tenth of what leads to this picture.
                tally.drop(Drop.OVERLOAD)
                return
        before = self._desk.offer(want.feed, want)
        if before is want:
            if want.counts:
                tally.drop(Drop.DISCONNECTED)
        elif before is not None and before.counts and want.counts:
            tally.drop(Drop.NEWER)
        # A picture for viewers alone that takes the place of a booked one is booked in its stead.

    def opened(self) -> None:
        """For feeds: a connection has come about."""
        self._keeper.opened()

    def ended(self, feed: CameraFeed, error: NigohError | None) -> None:
        """For feeds: a connection is over."""
        self._keeper.ended(feed, error)

    def tell(self, news: SightingNews) -> None:
        """For the analysis: a word about a track."""
        self._tell(news)

    def seen(self, camera: CameraId, faces: Sequence[SeenFace], captured_s: float) -> None:
        """For the analysis: the faces of a frame."""
        self._parts.live.seen(camera, faces, captured_s)

    def present(self, camera: CameraId, sighting_id: str, captured_s: float) -> None:
        """For the analysis: somebody who has been told of is there."""
        if self._parts.recorder is not None:
            self._parts.recorder.sighting(camera, sighting_id, captured_s)

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            # In the order of the way, so that leaving stops the source first and lets what is under way come through.
            for part in self._parts.owned:
                opening.enter_context(part)
            opening.enter_context(self._line)
            opening.enter_context(self._decoding)
            opening.enter_context(self._parts.streams)
            opening.enter_context(self._keeper)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def _add(self, camera: Camera) -> None:
        recorder = self._parts.recorder if camera.record is not Record.NEVER else None
        limits = RingLimits(keep_s=self._options.recorded_ring_s if recorder else _RING_S)
        feed = CameraFeed(camera, self, recorder, limits, self._clocks.monotonic)
        if recorder is not None:
            recorder.add(camera, feed.ring)
        self._feeds[camera.name] = feed
        self._desk.join(feed, Standing(camera.priority, 1 / camera.least_fps))
        self._keeper.add(feed)

    def _remove(self, feed: CameraFeed) -> None:
        del self._feeds[feed.camera.name]
        feed.is_gone = True
        self._keeper.remove(feed.camera.name)
        want = self._desk.leave(feed)
        if want is not None and want.counts:
            feed.tally.drop(Drop.DISCONNECTED)
        self._line.leave(feed)
        if self._parts.recorder is not None:
            self._parts.recorder.remove(feed.camera.name)

    def _lost(self, feed: CameraFeed) -> None:
        """A camera's connection is over: what it wanted goes, and whoever was there has left."""
        want = self._desk.withdraw(feed)
        if want is not None and want.counts:
            feed.tally.drop(Drop.DISCONNECTED)
        self._line.leave(feed)

    def _status(self, feed: CameraFeed, now_s: float) -> CameraStatus:
        view, stream, reconnects = self._keeper.view(feed.camera.name)
        counts = replace(
            feed.tally.snapshot(),
            packets=stream.packets,
            bytes=stream.bytes,
            lost_packets=stream.lost_packets,
            reconnects=reconnects,
        )
        info, recorder = feed.info, self._parts.recorder
        return CameraStatus(
            camera=feed.camera.name,
            shard=self._name,
            state=view.state,
            reason=view.reason,
            next_step=view.next_step,
            since_unix_s=self._clocks.unix_s(view.since_s),
            next_try_unix_s=None if view.next_try_s is None else self._clocks.unix_s(view.next_try_s),
            activity=feed.gate.activity,
            codec=info.codec if info else "",
            width_px=feed.size_px[0],
            height_px=feed.size_px[1],
            fps=info.fps if info else 0.0,
            waiting=counts.offered - counts.unchanged - counts.analysed - sum(counts.drops.values()),
            coverage=feed.coverage.share(now_s),
            recording=recorder.state(feed.camera.name) if recorder else "",
            counts=counts,
        )

    def _hangs(self, now_s: float) -> str:
        return (
            self._line.hangs(now_s, _HANGS_S)
            or self._decoding.hangs(now_s, _HANGS_S)
            or self._keeper.hangs(now_s, _HANGS_S)
        )
