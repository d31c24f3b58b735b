"""The seam between whatever delivers pictures and whoever reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from nigoh.domain.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """What is known of a source once it is open.

    Attributes:
        name: short and safe to show: a file's stem, a camera's host and path, "webcam 0".
        width_px, height_px: of the first upright picture.
        fps: pictures a second as the source states them; 0 if it does not say.
        duration_s: length in seconds, or None for a live source and where a file does not say.
        live: True for a camera: what is not read in time is lost, and its end is a failure.
    """

    name: str
    width_px: int
    height_px: int
    fps: float
    duration_s: float | None
    live: bool


@dataclass(frozen=True, slots=True)
class SourceFaults:
    """What a source has had to skip so far: damaged packets, and seconds that its file promised and did not hold."""

    damaged_packets: int = 0
    missing_s: float = 0.0


class Source(Protocol):
    """An open source of pictures, read once from front to back by one thread.

    `frames` yields upright frames in time order, indices and `t_s` strictly increasing. A damaged passage is
    skipped and counted in `faults`. The end of a file ends the iterator; the end of a live source raises
    SourceUnavailable. Opening raises SourceError (no retry mends it), SourceUnavailable (it may come back) or
    MissingExtra. No error holds a password. Leaving the context closes it, from any thread.
    """

    @property
    def info(self) -> SourceInfo:
        """What is known of it."""
        ...

    @property
    def faults(self) -> SourceFaults:
        """What had to be skipped so far."""
        ...

    def frames(self) -> Iterator[Frame]:
        """The pictures, in time order."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
