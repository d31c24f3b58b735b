"""The decoder threads of a shard: from wanted pictures to frames for the analysis."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Protocol, Self

import av.error
import cv2
from av.video.frame import VideoFrame

from nigoh.domain.camera import Priority
from nigoh.domain.camera_status import Drop
from nigoh.domain.frame import Frame
from nigoh.domain.sighting import CameraId
from nigoh.engine.batching import Batcher
from nigoh.engine.camera_feed import CameraFeed, Purpose, Want
from nigoh.engine.decode_desk import DecodeDesk
from nigoh.video.activity import small_luma
from nigoh.video.picture import to_pixels, upright_size

_log = logging.getLogger(__name__)

_JOIN_S = 5.0
_FAULTS = (av.error.FFmpegError, cv2.error, ValueError, ArithmeticError, LookupError)
"""What a camera's picture may do to whoever decodes, converts and compares it."""


@dataclass(frozen=True, slots=True, eq=False)
class WaitingFrame:
    """A decoded frame on its way to the analysis.

    Attributes:
        feed: whose.
        frame: its time is `captured_s`.
    """

    feed: CameraFeed
    frame: Frame


class Viewers(Protocol):
    """Takes decoded pictures for whoever looks; never waits."""

    def offer(self, camera: CameraId, picture: VideoFrame, captured_s: float) -> None:
        """A decoded picture; passed over if nobody is due one."""
        ...


class Witness(Protocol):
    """Notes what each decoder thread is at, so that it can be known after a crash. It never waits."""

    def begins(self, thread: int, camera: CameraId) -> None:
        """The thread of this number decodes a camera's picture from now on."""
        ...

    def ends(self, thread: int) -> None:
        """It has done so."""
        ...


@dataclass(frozen=True, slots=True)
class Crew:
    """How many threads decode, and who notes what each of them is at; None: nobody."""

    threads: int
    witness: Witness | None = None


class Decoding:
    """Owns the decoder threads. A context manager that joins them within a deadline.

    Args:
        desk: where wants come from.
        frames: where frames go to; while it has no room the threads wait, and newer wants replace older ones.
        viewers: of live pictures.
        clock: monotonic seconds.
        crew: the threads.
    """

    def __init__(
        self,
        desk: DecodeDesk[CameraFeed, Want],
        frames: Batcher[CameraFeed, WaitingFrame],
        viewers: Viewers,
        clock: Callable[[], float],
        crew: Crew,
    ) -> None:
        self._witness = crew.witness
        self._desk = desk
        self._frames = frames
        self._viewers = viewers
        self._clock = clock
        self._busy_since: dict[int, float] = {}
        self._broken: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._run, args=(number,), name=f"decode {number}", daemon=True)
            for number in range(crew.threads)
        ]

    def hangs(self, now_s: float, patience_s: float) -> str:
        """What hangs, "" if nothing does."""
        if self._broken is not None:
            return f"a decoder thread has ended: {type(self._broken).__name__}: {self._broken}"
        if any(now_s - since_s > patience_s for since_s in list(self._busy_since.values())):
            return "a decoder thread does not come back"
        return ""

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._desk.close()
        self._frames.close()
        for thread in self._threads:
            thread.join(_JOIN_S)

    def _run(self, number: int) -> None:
        try:
            while (taken := self._desk.take()) is not None:
                feed, want = taken
                self._busy_since[number] = self._clock()
                frame = self._decode_before_witness(want, number)
                self._busy_since.pop(number)
                # Only then may its next picture be decoded: it must not overtake this one.
                done = partial(self._desk.done, feed)
                if frame is None:
                    done()
                else:
                    self._hand_on(WaitingFrame(feed, frame), done)
        except BaseException as error:  # noqa: BLE001 - not swallowed: kept for `hangs`, which has the shard replaced
            self._broken = error

    def _decode_before_witness(self, want: Want, number: int) -> Frame | None:
        if self._witness is None:
            return self._try_decode(want)
        self._witness.begins(number, want.feed.camera.name)
        frame = self._try_decode(want)
        self._witness.ends(number)
        return frame

    def _try_decode(self, want: Want) -> Frame | None:
        """As `_decode`; a picture that nobody has foreseen costs its camera this one, and nobody else anything."""
        try:
            return self._decode(want)
        except _FAULTS as error:
            _log.warning("a picture could not be decoded: %s", error, extra={"camera": want.feed.camera.name})
            want.feed.note_decoded(None)
            if want.counts:
                want.feed.tally.drop(Drop.UNDECODABLE)
            return None

    def _decode(self, want: Want) -> Frame | None:
        """The frame to be analysed, or None if there is none to be had, or nothing new on it."""
        feed, decoder = want.feed, want.decoder
        before = decoder.decoded
        picture = decoder.decode(want.number)
        feed.tally.add(decoded=decoder.decoded - before)
        if picture is None:
            # What waited too long says nothing against its camera.
            late = feed.ring.has_passed(want.number)
            if not late:
                feed.note_decoded(None)
            if want.counts:
                feed.tally.drop(Drop.OVERLOAD if late else Drop.UNDECODABLE)
            return None
        feed.note_decoded(upright_size(picture))
        self._viewers.offer(feed.camera.name, picture, want.captured_s)
        if not want.counts:
            return None
        changed = feed.gate.note_picture(small_luma(picture), want.captured_s)
        if want.purpose is Purpose.LOOK and not changed:
            feed.tally.add(unchanged=1)
            feed.watched(want.captured_s)
            return None
        return Frame(to_pixels(picture), want.number, want.captured_s)

    def _hand_on(self, waiting: WaitingFrame, done: Callable[[], None]) -> None:
        """While the analysis is busy a camera's next picture is not decoded, as it would only take this one's place.

        That halves what decoding costs under overload, and makes frames older; so the highest priority is excepted.
        """
        newest = waiting.feed.camera.priority is Priority.HIGH
        if self._frames.put(waiting.feed, waiting, None if newest else done) is not None:
            waiting.feed.tally.drop(Drop.OVERLOAD)
        if newest:
            done()
