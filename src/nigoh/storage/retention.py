"""Which recordings have to go: decisions alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionLimits:
    """How much may be kept.

    Attributes:
        most_age_s: what is older goes; None keeps it.
        most_bytes: of all files together, those being written included; None is no limit.
        least_free_bytes: recording pauses while the disk has less room than this.
    """

    most_age_s: float | None = 30 * DAY_S
    most_bytes: int | None = None
    least_free_bytes: int = 1024**3

    def __post_init__(self) -> None:
        if self.most_age_s is not None and not self.most_age_s > 0:
            raise ValueError(f"most_age_s is above 0, not {self.most_age_s:g}")
        if self.most_bytes is not None and not self.most_bytes > 0:
            raise ValueError(f"most_bytes is above 0, not {self.most_bytes}")
        if self.least_free_bytes < 0:
            raise ValueError(f"least_free_bytes is at least 0, not {self.least_free_bytes}")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the folder.

    Attributes:
        path: where it is.
        size_bytes: its size, with what is kept beside it.
        begin: when it begins, as its name says: a text that sorts by time.
        end_unix_s: when it was written last.
    """

    path: Path
    size_bytes: int
    begin: str
    end_unix_s: float


def expired(files: Sequence[KeptFile], limits: RetentionLimits, now_unix_s: float) -> list[KeptFile]:
    """Those that are too old, oldest first."""
    if limits.most_age_s is None:
        return []
    oldest_s = now_unix_s - limits.most_age_s
    return sorted((file for file in files if file.end_unix_s < oldest_s), key=_by_age)


def oldest_first(files: Sequence[KeptFile]) -> list[KeptFile]:
    """In the order in which they go when there is too much."""
    return sorted(files, key=_by_age)


def _by_age(file: KeptFile) -> tuple[str, str]:
    return file.begin, str(file.path)
