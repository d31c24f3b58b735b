"""One source, watched from its first frame to its last: reading, detecting, following, deciding."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from nigoh.domain.frame import Frame
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.camera_watch import CameraWatch, FrameResult, Report
from nigoh.engine.reader import FrameReader
from nigoh.video.sampling import Sampler
from nigoh.video.source import Source, SourceFaults, SourceInfo

_WAITING_FRAMES = 4
_BATCH_FRAMES = 4


@dataclass(frozen=True, slots=True, eq=False)
class PassedFrame:
    """A frame that was read and not analysed."""

    frame: Frame


class Watching:
    """A source being watched. A context manager; its owner is the thread that iterates over `results`.

    Frames of a file go to the detector up to four at a time, as they come from the decoder; of a live camera one at a
    time, always the newest.
    """

    def __init__(
        self,
        source: Source,
        analyser: FaceAnalyser,
        camera: CameraWatch,
        sampler: Sampler,
    ) -> None:
        self._source = source
        self._analyser = analyser
        self._camera = camera
        self._sampler = sampler
        self._reader = FrameReader(source, 1 if source.info.live else _WAITING_FRAMES)
        self._open = ExitStack()
        self._stopped = threading.Event()

    @property
    def info(self) -> SourceInfo:
        """What is known of the source."""
        return self._source.info

    @property
    def faults(self) -> SourceFaults:
        """What the source had to skip."""
        return self._source.faults

    @property
    def dropped(self) -> int:
        """Frames of a live camera that newer ones overtook."""
        return self._reader.frames.dropped

    def results(self) -> Iterator[FrameResult | PassedFrame]:
        """What each frame brought, in order, until the source or the sampling ends. Raises what the source raises."""
        at_most = 1 if self._source.info.live else _BATCH_FRAMES
        while not self._stopped.is_set() and not self._sampler.is_over and (frames := self._reader.take(at_most)):
            chosen = [self._sampler(frame.index, frame.t_s) for frame in frames]
            pictures = [frame.pixels for frame, yes in zip(frames, chosen, strict=True) if yes]
            found = iter(self._analyser.detect(pictures))
            for frame, yes in zip(frames, chosen, strict=True):
                if self._stopped.is_set():
                    return
                yield self._camera.step(frame, next(found)) if yes else PassedFrame(frame)

    def finish(self) -> tuple[Report, ...]:
        """End the tracks that are still open and report them; call it once, also after an interruption."""
        return self._camera.finish()

    def stop(self) -> None:
        """Make `results` end soon. Any thread may call it."""
        self._stopped.set()
        self._reader.frames.close()

    def __enter__(self) -> Self:
        self._open.enter_context(self._reader)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
