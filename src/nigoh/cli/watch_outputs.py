"""Where `nigoh watch` puts what it finds: a file of sightings, crops, an annotated video, a window."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nigoh.domain.frame import Pixels
from nigoh.domain.language import Words
from nigoh.engine.camera_watch import FrameResult, Report
from nigoh.engine.watching import PassedFrame
from nigoh.errors import OutputError
from nigoh.messaging.json_lines import SightingFile
from nigoh.storage.crops import CropFolder
from nigoh.ui.painter import Painter
from nigoh.ui.window import PreviewWindow
from nigoh.video.source import SourceInfo
from nigoh.video.writer import VideoWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputChoice:
    """What the user asked for."""

    out: Path | None = None
    annotate: Path | None = None
    crops: Path | None = None
    show: bool = False

    def refuse_overwriting(self, source: str) -> None:
        """Raise OutputError if a result would be written over the source or over the other result."""
        for path in (self.out, self.annotate):
            if path is not None and _same_file(path, Path(source)):
                raise OutputError(f"{path} is the source itself", "Give the result another name.")
        if self.out and self.annotate and self.out.absolute() == self.annotate.absolute():
            raise OutputError(f"{self.out} is to be both sightings and video", "Give each its own name.")

    @property
    def needs_every_frame(self) -> bool:
        """Whether frames that are not analysed are needed too."""
        return self.show or self.annotate is not None


def _same_file(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except (OSError, ValueError):
        # One of them is not there, or may not be looked at: whoever opens it says so.
        return False


class PictureOutput(Protocol):
    """Receives annotated pictures; False means that the user wants to end."""

    def show(self, picture: Pixels, t_s: float) -> bool:
        """Take the next picture, (H, W, 3) uint8 BGR, at this time of the source."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """Everything that was asked for, open. One thread."""

    pictures: tuple[PictureOutput, ...]
    painter: Painter
    sightings: SightingFile | None
    crops: CropFolder | None

    def take_frame(self, result: FrameResult | PassedFrame) -> bool:
        """Show and record a frame; False means that the user wants to end."""
        if not self.pictures:
            return True
        picture = self.painter.paint(result)
        return all(each.show(picture, result.frame.t_s) for each in self.pictures)

    def take_report(self, report: Report) -> None:
        """Keep a sighting."""
        if self.sightings:
            self.sightings.write(report.sighting)
        if self.crops:
            self.crops.save(report.sighting, report.picture)


class _Recording:
    """An annotated video file."""

    def __init__(self, writer: VideoWriter) -> None:
        self._writer = writer

    def show(self, picture: Pixels, t_s: float) -> bool:
        self._writer.write(picture, t_s)
        return True


class _Preview:
    """A window. A file plays no faster than it was recorded."""

    def __init__(self, window: PreviewWindow, info: SourceInfo) -> None:
        self._window = window
        self._paced = not info.live
        self._began: float | None = None

    def show(self, picture: Pixels, t_s: float) -> bool:
        now = time.monotonic()
        if self._began is None:
            self._began = now - t_s
        if self._paced:
            time.sleep(max(0.0, min(self._began + t_s - now, 1.0)))
        return self._window.show(picture)


@contextmanager
def open_outputs(choice: OutputChoice, info: SourceInfo, words: Words) -> Iterator[Outputs]:
    """Open everything that was asked for before the work begins. Raises OutputError, MissingExtra, ConfigError.

    Earlier results are replaced last, when nothing else can fail any more.
    """
    with ExitStack() as stack:
        pictures: list[PictureOutput] = []
        crops = CropFolder(choice.crops) if choice.crops else None
        sightings = stack.enter_context(SightingFile(choice.out)) if choice.out else None
        if choice.show:
            pictures.append(_Preview(stack.enter_context(PreviewWindow(f"nigoh: {info.name}")), info))
        if choice.annotate:
            writer = VideoWriter(choice.annotate, info.width_px, info.height_px, info.fps)
            pictures.append(_Recording(stack.enter_context(writer)))
        if sightings:
            sightings.clear()
        yield Outputs(
            pictures=tuple(pictures),
            painter=Painter(words),
            sightings=sightings,
            crops=crops,
        )
