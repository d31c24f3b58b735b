"""What every stream has to hold (see `nigoh.video.stream`), as checks that run over any opener and any camera."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError
from nigoh.video.access_unit import AccessUnit
from nigoh.video.stream import OpenStream, StreamInfo, StreamOpener, StreamOptions

DEADLINE_S = 20.0

_DESCRIPTORS = Path("/proc/self/fd")


class StreamRecorder:
    """A sink that remembers all that it is told, in order. Any thread may look and wait."""

    def __init__(self, then: Callable[["StreamRecorder"], None] | None = None) -> None:
        """Set it up; `then` is called with each picture, by the thread that brings it."""
        self._then = then
        self._told: list[StreamInfo | AccessUnit | NigohError | None] = []
        self._news = threading.Condition()

    @property
    def told(self) -> Sequence[StreamInfo | AccessUnit | NigohError | None]:
        """Everything so far: what was opened, pictures, and the end: an error, or None."""
        with self._news:
            return tuple(self._told)

    @property
    def info(self) -> StreamInfo | None:
        """What was said of the stream, once it was."""
        return next((each for each in self.told if isinstance(each, StreamInfo)), None)

    @property
    def units(self) -> Sequence[AccessUnit]:
        """The pictures so far."""
        return [each for each in self.told if isinstance(each, AccessUnit)]

    @property
    def ends(self) -> Sequence[NigohError | None]:
        """How it has ended: of one element from then on."""
        return [each for each in self.told if each is None or isinstance(each, NigohError)]

    def opened(self, info: StreamInfo) -> None:
        """See `StreamSink`."""
        self._note(info)

    def put(self, unit: AccessUnit) -> None:
        """See `StreamSink`."""
        self._note(unit)
        if self._then is not None:
            self._then(self)

    def ended(self, error: NigohError | None) -> None:
        """See `StreamSink`."""
        self._note(error)

    def wait_until(self, holds: Callable[["StreamRecorder"], bool], what: str) -> None:
        """Wait for something to become true.

        Raises:
            AssertionError: it did not in time.
        """
        with self._news:
            if not self._news.wait_for(lambda: holds(self), DEADLINE_S):
                raise AssertionError(f"{what} did not come: {self._told[-3:]}")

    def wait_for_units(self, count: int) -> Sequence[AccessUnit]:
        """The pictures, once there are so many."""
        self.wait_until(lambda told: len(told.units) >= count or bool(told.ends), f"{count} pictures")
        _require(not self.ends, f"it has ended: {self.ends}")
        return self.units

    def wait_for_end(self) -> NigohError | None:
        """How it has ended, once it has."""
        self.wait_until(lambda told: bool(told.ends), "the end")
        return self.ends[0]

    def _note(self, event: StreamInfo | AccessUnit | NigohError | None) -> None:
        with self._news:
            self._told.append(event)
            self._news.notify_all()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: an opener that has not been entered, and a camera that sends."""

    opener: Callable[[], StreamOpener]
    url: CameraUrl
    options: StreamOptions


def pictures_follow_the_opening(subject: Subject) -> None:
    """`opened` first, then pictures from the stream's second 0 on; the counts grow with them."""
    recorder = StreamRecorder()
    with subject.opener() as opener:
        stream = opener.open(subject.url, subject.options, recorder)
        units = recorder.wait_for_units(12)
        counts = stream.counts
    _require(isinstance(recorder.told[0], StreamInfo), f"it begins with {recorder.told[0]}")
    _require(abs(units[0].t_s) < 1, f"the first picture is at {units[0].t_s} s")
    _require(units[-1].t_s > units[0].t_s, "time does not go on")
    _require(any(unit.is_keyframe and unit.data for unit in units), "nothing can be decoded")
    _require(counts.packets >= 1 and counts.bytes > 0, f"{counts} of {len(units)} pictures")


def it_ends_once_however_it_is_closed(subject: Subject) -> None:
    """Closed twice, and once more after the opener was left: one end, without an error, and nothing after it."""
    recorder = StreamRecorder()
    with subject.opener() as opener:
        stream = opener.open(subject.url, subject.options, recorder)
        recorder.wait_for_units(2)
        stream.close()
        stream.close()
        _require(recorder.wait_for_end() is None, "closing is no failure")
    stream.close()
    _require(len(recorder.ends) == 1, f"it ended {len(recorder.ends)} times")
    _require(recorder.told[-1] is None, "something came after the end")


def a_sink_may_close_its_own_stream(subject: Subject) -> None:
    """Closing returns at once: otherwise it would wait for the thread that it is called by."""
    streams: list[OpenStream] = []

    def close(_: StreamRecorder) -> None:
        if streams:
            streams[0].close()

    recorder = StreamRecorder(then=close)
    with subject.opener() as opener:
        streams.append(opener.open(subject.url, subject.options, recorder))
        _require(recorder.wait_for_end() is None, "closing is no failure")


def leaving_ends_all_and_leaves_nothing_behind(subject: Subject) -> None:
    """Streams that play and such as have only begun: all are told; threads and descriptors are gone."""
    threads, descriptors = threading.active_count(), _descriptors()
    recorders = [StreamRecorder() for _ in range(4)]
    with subject.opener() as opener:
        for recorder in recorders:
            opener.open(subject.url, subject.options, recorder)
        recorders[0].wait_for_units(2)
        late = StreamRecorder()
        opener.open(subject.url, subject.options, late)
    _require([recorder.ends for recorder in [*recorders, late]] == [[None]] * 5, "an end was not told")
    _wait_until(lambda: threading.active_count() <= threads, "threads are left")
    _wait_until(lambda: _descriptors() <= descriptors, "descriptors are left")


def what_is_opened_after_leaving_only_ends(subject: Subject) -> None:
    """A race between an owner's threads raises nothing."""
    recorder = StreamRecorder()
    with subject.opener() as opener:
        pass
    opener.open(subject.url, subject.options, recorder).close()
    _require(list(recorder.told) == [None], f"told {recorder.told}")


STREAM_CONTRACT: tuple[Callable[[Subject], None], ...] = (
    pictures_follow_the_opening,
    it_ends_once_however_it_is_closed,
    a_sink_may_close_its_own_stream,
    leaving_ends_all_and_leaves_nothing_behind,
    what_is_opened_after_leaving_only_ends,
)


def _descriptors() -> int:
    """Open ones of this process, 0 where the system does not say."""
    return len(list(_DESCRIPTORS.iterdir())) if _DESCRIPTORS.is_dir() else 0


def _wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    end_s = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while not holds():
        _require(time.monotonic() < end_s, otherwise)
        pause.wait(0.01)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)
