"""What the recorder needs of the place that keeps its files, and what it tells of itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nigoh.domain.recording import Recording
from nigoh.video.clip_writer import ClipOutput


class RecordingFile(ClipOutput, Protocol):
    """A file that is being written. While it is open nobody removes it; its maker's death closes it."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...


class RecordingStore(Protocol):
    """Keeps recordings within its limits, for any number of processes. One thread of each uses it.

    OutputError of any method means: nothing can be recorded for now; its `what` says why.
    """

    def begin(self, about: Recording) -> RecordingFile:
        """Begin a file, empty, and keep with it what is known of it. Its `write` raises OutputError at a limit."""
        ...

    def describe(self, file: RecordingFile, about: Recording) -> None:
        """Keep what is known of it now, in place of what was."""
        ...

    def discard(self, file: RecordingFile) -> None:
        """Close it and forget it: nothing came into it."""
        ...

    def tend(self) -> None:
        """Called every second or so: removes what is too old, and raises OutputError while there is no room."""
        ...


@dataclass(frozen=True, slots=True)
class RecordingCounts:
    """What a camera's recorder has done since the camera was added.

    Attributes:
        written: pictures put into files.
        dropped: pictures that were to be recorded and were not: the disk was too slow, or recording was paused.
        files: begun.
    """

    written: int = 0
    dropped: int = 0
    files: int = 0
