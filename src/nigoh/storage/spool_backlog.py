"""What waits in spools, as anybody may see who may read their folder: without their key, and without holding them."""

from dataclasses import dataclass
from pathlib import Path

from nigoh.storage.spool_format import HEADER_BYTES, segment_path, segments
from nigoh.storage.spool_mark import read_mark

_FOREIGN = "*.foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolBacklog:
    """What waits in the spools of a folder.

    Attributes:
        bytes: that have not been acknowledged, about.
        since_unix_s: when the oldest part of it was last written to, seconds since 1970; None: nothing waits.
        foreign: segments that were set aside, as they were written under another key.
    """

    bytes: int = 0
    since_unix_s: float | None = None
    foreign: int = 0


def spool_backlog(root: Path) -> SpoolBacklog:
    """What waits in all spools of a folder; nothing where there is none."""
    waiting, times, foreign = 0, list[float](), 0
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if not folder.is_dir():
            continue
        mark = read_mark(folder)
        foreign += sum(1 for _ in folder.glob(_FOREIGN))
        for number, size in segments(folder).items():
            begun = max(mark.offset, HEADER_BYTES) if number == mark.segment else HEADER_BYTES
            if number >= mark.segment and size > begun:
                waiting += size - begun
                times += _written_at(segment_path(folder, number))
    return SpoolBacklog(bytes=waiting, since_unix_s=min(times, default=None), foreign=foreign)


def _written_at(path: Path) -> list[float]:
    try:
        return [path.stat().st_mtime]
    except FileNotFoundError:  # read to its end meanwhile
        return []
