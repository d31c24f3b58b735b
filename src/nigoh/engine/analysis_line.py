"""The analysis thread of a shard: frames of many cameras in, sightings out.

A batch of frames is searched for faces, each camera's tracker says which of them need a template, and those of the
whole batch are embedded together, within a budget: what is beyond it is put aside, for when there is time.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import cv2
import numpy as np

from nigoh.domain.camera import Camera
from nigoh.domain.camera_sighting import Stage
from nigoh.domain.camera_status import Drop
from nigoh.domain.faces import Faces
from nigoh.domain.frame import Frame
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.geometry import centres
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import CameraId
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.batching import Batcher
from nigoh.engine.camera_feed import CameraFeed
from nigoh.engine.camera_trail import CameraTrail
from nigoh.engine.camera_watch import CameraWatch, FrameResult, PendingFrame, SeenFace
from nigoh.engine.change_desk import ChangeDesk
from nigoh.engine.clocks import Clocks
from nigoh.engine.decoding import WaitingFrame
from nigoh.engine.embedding_budget import allot
from nigoh.engine.known_people import Renewal
from nigoh.engine.shard_seam import SightingNews
from nigoh.errors import ConfigError, NigohError

_log = logging.getLogger(__name__)

_JOIN_S = 5.0
_IDLE_S = 0.2
_FAULTS = (NigohError, ValueError, ArithmeticError, LookupError, cv2.error)
"""What a camera's pictures may do to the analysis: its watch begins anew, the others go on."""


@dataclass(frozen=True, slots=True)
class EmbeddingLimits:
    """How many faces are embedded at once: of one frame, and of a batch of frames."""

    each_frame: int = 6
    batch: int = 16


class Aside(Protocol):
    """Faces for which there is no time now. The analysis thread alone uses it."""

    @property
    def waiting(self) -> int:
        """How many there are."""
        ...

    def put(self, feed: CameraFeed, pending: PendingFrame, first: int, captured_s: float) -> None:
        """Put aside the faces of a frame that are to be embedded, from this one on."""
        ...

    def told(self, news: SightingNews) -> None:
        """This has been told: what is put aside need not say it again."""
        ...

    def work(self) -> None:
        """There is time for some of them."""
        ...


class Listener(Protocol):
    """Hears what the analysis finds. Never waits, except for `tell`, which loses nothing."""

    def tell(self, news: SightingNews) -> None:
        """A word about a track."""
        ...

    def seen(self, camera: CameraId, faces: Sequence[SeenFace], captured_s: float) -> None:
        """The faces of an analysed frame."""
        ...

    def present(self, camera: CameraId, sighting_id: str, captured_s: float) -> None:
        """Somebody who has been told of is there at this moment."""
        ...


@dataclass(slots=True, eq=False)
class _Followed:
    """A camera that is watched, from its first frame on, and the faces of its last, with when that was taken."""

    feed: CameraFeed
    watch: CameraWatch
    trail: CameraTrail
    zero_s: float
    seen: tuple[SeenFace, ...] = ()
    seen_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Begun:
    """A frame between the two halves of its camera's step; when it was taken, monotonic seconds."""

    followed: _Followed
    pending: PendingFrame
    captured_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Eyes:
    """What sees.

    Attributes:
        analyser: finds and describes faces.
        new_watch: makes a camera's watch.
        renew: takes over changed people, and says what open tracks they are about.
        retune: takes over a rule of naming, and says what open tracks it is about.
    """

    analyser: FaceAnalyser
    new_watch: Callable[[Camera], CameraWatch]
    renew: Callable[[Sequence[GalleryChange]], Renewal]
    retune: Callable[[NamingRule], Renewal]


class AnalysisLine:
    """Owns the watches of a shard's cameras and the thread that runs them. A context manager.

    Args:
        eyes: what sees.
        frames: where decoded frames come from.
        listener: hears what is found.
        aside: takes the faces for which there is no time.
        clocks: both.
    """

    def __init__(
        self,
        eyes: Eyes,
        frames: Batcher[CameraFeed, WaitingFrame],
        listener: Listener,
        aside: Aside,
        clocks: Clocks,
    ) -> None:
        self._analyser = eyes.analyser
        self._new_watch = eyes.new_watch
        self._take_over = eyes.renew
        self._retune = eyes.retune
        self._frames = frames
        self._listener = listener
        self._aside = aside
        self._clocks = clocks
        self._limits = EmbeddingLimits()
        self._followed: dict[CameraId, _Followed] = {}
        self._leaving: deque[CameraFeed] = deque()
        self._changes = ChangeDesk()
        self._rules: deque[NamingRule] = deque(maxlen=1)
        self._busy_since: float | None = None
        self._broken: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="analyse", daemon=True)

    def leave(self, feed: CameraFeed) -> None:
        """A camera has been lost or removed: its open tracks end soon. Any thread may say so."""
        self._leaving.append(feed)

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """Know these people as they are now, before the next batch. Any thread may say so."""
        self._changes.put(changes)

    def tune(self, rule: NamingRule) -> None:
        """Name faces by this rule, before the next batch. Any thread may say so; of several the last holds."""
        self._rules.append(rule)

    def hangs(self, now_s: float, patience_s: float) -> str:
        """What hangs, "" if nothing does."""
        if self._broken is not None:
            return f"the analysis thread has ended: {type(self._broken).__name__}: {self._broken}"
        since_s = self._busy_since
        return "the analysis thread does not come back" if since_s and now_s - since_s > patience_s else ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._frames.close()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        try:
            while (batch := self._frames.take(0 if self._aside.waiting else _IDLE_S)) is not None:
                self._busy_since = self._clocks.monotonic()
                self._end_left()
                self._renew()
                if batch:
                    self._analyse([waiting for _, waiting in batch])
                else:
                    self._aside.work()
                self._busy_since = None
            for camera in list(self._followed):
                self._end(camera)
        except BaseException as error:  # noqa: BLE001 - not swallowed: kept for `hangs`, which has the shard replaced
            self._broken = error

    def _analyse(self, batch: Sequence[WaitingFrame]) -> None:
        begun = [
            begun
            for waiting, faces in zip(batch, self._detect(batch), strict=True)
            if faces is not None and (begun := self._begin(waiting, faces)) is not None
        ]
        if not begun:
            return
        shares = allot([len(each.pending.rows) for each in begun], self._limits.each_frame, self._limits.batch)
        crops = [each.pending.crops[:share] for each, share in zip(begun, shares, strict=True)]
        templates = self._analyser.embed(np.concatenate(crops))
        for each, share, end in zip(begun, shares, np.cumsum(shares), strict=True):
            self._conclude(each, Templates(templates.vectors[end - share : end], templates.model))

    def _detect(self, batch: Sequence[WaitingFrame]) -> list[Faces | None]:
        """The faces of each frame; None where a frame cannot be searched."""
        try:
            return list(self._analyser.detect([waiting.frame.pixels for waiting in batch]))
        except _FAULTS:
            return [self._detect_alone(waiting) for waiting in batch]

    def _detect_alone(self, waiting: WaitingFrame) -> Faces | None:
        try:
            return self._analyser.detect([waiting.frame.pixels])[0]
        except _FAULTS as error:
            self._fault(waiting.feed, error)
            return None

    def _follow(self, waiting: WaitingFrame) -> _Followed | None:
        name = waiting.feed.camera.name
        if waiting.feed.is_gone or waiting.feed.info is None:
            # Its connection is over, and so are its tracks: one that began now would have nobody to end it.
            waiting.feed.tally.drop(Drop.DISCONNECTED)
            return None
        followed = self._followed.get(name)
        if followed is None or followed.feed is not waiting.feed:
            zero_s = waiting.frame.t_s
            watch, trail = self._new_watch(waiting.feed.camera), CameraTrail(zero_s, self._clocks)
            followed = self._followed[name] = _Followed(waiting.feed, watch, trail, zero_s)
        return followed

    def _begin(self, waiting: WaitingFrame, faces: Faces) -> _Begun | None:
        followed = self._follow(waiting)
        if followed is None:
            return None
        frame = waiting.frame
        try:
            counted = _counted(faces, frame, followed.feed.camera)
            placed = Frame(frame.pixels, frame.index, frame.t_s - followed.zero_s)
            return _Begun(followed, followed.watch.begin(placed, counted), frame.t_s)
        except _FAULTS as error:
            self._fault(followed.feed, error)
            return None

    def _conclude(self, begun: _Begun, templates: Templates) -> None:
        feed, pending = begun.followed.feed, begun.pending
        put_aside = len(pending.rows) - len(templates)
        feed.tally.add(faces_offered=len(pending.rows), embedded=len(templates), deferred=put_aside)
        try:
            if put_aside:
                self._aside.put(feed, pending, len(templates), begun.captured_s)
            result = begun.followed.watch.conclude(pending, templates)
        except _FAULTS as error:
            self._fault(feed, error)
            return
        faces = len(pending.proposal.faces)
        feed.gate.note_analysed(faces, result.undecided, begun.captured_s)
        feed.tally.add(
            analysed=1, faces=faces, matched=sum(each.sighting.person is not None for each in result.changed)
        )
        feed.tally.observe_latency(self._clocks.monotonic() - begun.captured_s)
        feed.watched(begun.captured_s)
        self._report(begun, result)

    def _report(self, begun: _Begun, result: FrameResult) -> None:
        followed, camera = begun.followed, begun.followed.feed.camera.name
        try:
            news = followed.trail.tell(result)
        except _FAULTS as error:
            _log.warning("a sighting could not be told: %s", error, extra={"camera": camera})
            return
        self._tell(followed, news)
        followed.seen, followed.seen_s = result.faces, begun.captured_s
        self._listener.seen(camera, result.faces, begun.captured_s)
        for face in result.faces:
            if (sighting_id := followed.trail.id_of(face.track)) is not None:
                self._listener.present(camera, sighting_id, begun.captured_s)

    def _tell(self, followed: _Followed, news: Sequence[SightingNews]) -> None:
        for each in news:
            followed.feed.tally.add(sightings=each.sighting.stage is Stage.APPEARED)
            self._aside.told(each)
            self._listener.tell(each)

    def _renew(self) -> None:
        """Take over another rule and changed people; open tracks that they are about are decided anew."""
        while self._rules:
            try:
                self._decide_anew(self._retune(self._rules.popleft()))
            except ConfigError as error:
                _log.error("%s Faces are named as before.", error)
        while changes := self._changes.take():
            self._busy_since = self._clocks.monotonic()
            self._decide_anew(self._take_over(changes))

    def _decide_anew(self, renewal: Renewal) -> None:
        for followed in self._followed.values():
            self._tell(followed, followed.trail.change(followed.watch.renew(renewal)))
            if (seen := followed.watch.as_now(followed.seen)) != followed.seen:
                followed.seen = seen
                self._listener.seen(followed.feed.camera.name, seen, followed.seen_s)

    def _end_left(self) -> None:
        while self._leaving:
            feed = self._leaving.popleft()
            followed = self._followed.get(feed.camera.name)
            if followed is not None and followed.feed is feed:
                self._end(feed.camera.name)

    def _end(self, camera: CameraId) -> None:
        followed = self._followed.pop(camera)
        try:
            news = followed.trail.leave(followed.watch.finish())
        except _FAULTS as error:
            _log.warning("open tracks could not be told: %s", error, extra={"camera": camera})
            return
        self._tell(followed, news)

    def _fault(self, feed: CameraFeed, error: Exception) -> None:
        _log.warning("a picture could not be analysed: %s", error, extra={"camera": feed.camera.name})
        feed.tally.drop(Drop.UNDECODABLE)
        if feed.camera.name in self._followed:
            self._end(feed.camera.name)


def _counted(faces: Faces, frame: Frame, camera: Camera) -> Faces:
    """The faces that are where faces count."""
    if camera.regions.is_everything or not len(faces):
        return faces
    size = np.array((frame.width_px, frame.height_px), np.float32)
    return faces.pick(camera.regions.contain(np.asarray(centres(faces.boxes) / size, np.float32)))
