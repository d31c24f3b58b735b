"""The reading end of one spool: records in order, from where it was acknowledged."""

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from nigoh.errors import OutputError
from nigoh.storage.spool_format import (
    HEADER_BYTES,
    WRITER_LOCK,
    Header,
    Position,
    SegmentKey,
    scan,
    segment_path,
    segments,
)
from nigoh.storage.spool_mark import read_mark, remove_mark, write_mark

_FOREIGN = ".foreign"


@dataclass(frozen=True, slots=True)
class SpoolBatch:
    """What was read at once.

    Attributes:
        records: in order.
        end: the place behind them: acknowledge it once they are safe elsewhere.
    """

    records: tuple[bytes, ...]
    end: Position


@dataclass(frozen=True, slots=True)
class ReadingCounts:
    """What a reader met.

    Attributes:
        records: that it read, those that it read again included.
        torn_bytes: behind the last whole record of segments whose writer died, or whose disk was full or damaged.
        torn_segments: that had such bytes.
        unopened: records that somebody has changed.
        foreign_segments: that were written under another key, and were set aside as `*.foreign`.
    """

    records: int = 0
    torn_bytes: int = 0
    torn_segments: int = 0
    unopened: int = 0
    foreign_segments: int = 0

    def __add__(self, other: "ReadingCounts") -> "ReadingCounts":
        return ReadingCounts(
            self.records + other.records,
            self.torn_bytes + other.torn_bytes,
            self.torn_segments + other.torn_segments,
            self.unopened + other.unopened,
            self.foreign_segments + other.foreign_segments,
        )


class SpoolReader:
    """Reads a spool while its writer goes on, or after that has died. One thread; one reader a spool.

    What it returns may not be on the disk yet, and may be told again by a writer whose disk refused it.

    Args:
        folder: of the spool.
        key: 32 bytes, the writer's.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key
        self._at = read_mark(folder)
        self._marked = self._at
        self._opened: tuple[int, int, SegmentKey] | None = None
        self._counts = ReadingCounts(foreign_segments=sum(1 for _ in folder.glob(f"*{_FOREIGN}")))

    @property
    def counts(self) -> ReadingCounts:
        """What it met until now."""
        return self._counts

    def read(self, most_records: int, most_bytes: int) -> SpoolBatch:
        """The next records, at least one if there is one, about as many as the limits say. Raises OutputError."""
        records: list[bytes] = []
        size = 0
        try:
            while len(records) < most_records and size < most_bytes:
                found = self._read_on(most_records - len(records), most_bytes - size)
                if found is None:
                    break
                records += found
                size += sum(map(len, found))
        except OSError as error:
            raise OutputError.of(self.folder, error) from error
        return SpoolBatch(tuple(records), self._at)

    def acknowledge(self, position: Position) -> None:
        """All before this place is safe elsewhere: whole segments before it are removed. Raises OutputError."""
        if position <= self._marked:
            return
        try:
            write_mark(self.folder, position)
            self._marked = position
            for number in segments(self.folder):
                if number < position.segment:
                    segment_path(self.folder, number).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError.of(self.folder, error) from error

    def backlog_bytes(self) -> int:
        """Bytes that have not been acknowledged, about."""
        return sum(
            max(size - max(self._marked.offset, HEADER_BYTES), 0) if number == self._marked.segment else size
            for number, size in segments(self.folder).items()
            if number >= self._marked.segment
        )

    def remove_if_left(self) -> bool:
        """Remove the spool of a writer that is gone, once all of it was acknowledged; whether it is removed."""
        if self._marked != self._at or self._counts.foreign_segments or self.backlog_bytes():
            return False
        claim = _claim_of_dead(self.folder)
        if claim is None:
            return False
        try:
            # A writer may have come and gone since: what it wrote stays.
            if self.backlog_bytes():
                return False
            self.close()
            with suppress(OSError):  # where it fails, the next time will do
                for number in segments(self.folder):
                    segment_path(self.folder, number).unlink(missing_ok=True)
                remove_mark(self.folder)
                (self.folder / WRITER_LOCK).unlink()
                self.folder.rmdir()
        finally:
            os.close(claim)
        return not self.folder.exists()

    def close(self) -> None:
        """Leave it."""
        if self._opened is not None:
            os.close(self._opened[1])
            self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read_on(self, most_records: int, most_bytes: int) -> tuple[bytes, ...] | None:
        """Some more records, perhaps none where a segment ends; None: there is nothing more now."""
        opened = self._open()
        if opened is None:
            return None
        number, handle, key = opened
        found = scan(handle, key, self._at.offset, most_records, most_bytes)
        self._counts = replace(
            self._counts,
            records=self._counts.records + len(found.records),
            unopened=self._counts.unopened + found.unopened,
        )
        self._at = Position(number, found.end)
        if found.records or found.unopened:
            return found.records
        if not self._is_finished(number):
            return None
        # Its writer may have written between the look into it and the look for its end.
        again = scan(handle, key, found.end, 1, most_bytes)
        if again.records or again.unopened:
            return ()
        self._leave(number, os.fstat(handle).st_size - found.end)
        return ()

    def _open(self) -> tuple[int, int, SegmentKey] | None:
        """The segment to be read, or None: there is none yet, or it has no whole header yet."""
        while self._opened is None:
            number = next((each for each in segments(self.folder) if each >= self._at.segment), None)
            if number is None or not self._open_segment(number):
                return None
        return self._opened

    def _open_segment(self, number: int) -> bool:
        """Open a segment or get past it; False: it has only begun."""
        # Asked before the look into it: what is finished now was whole before.
        finished = self._is_finished(number)
        path = segment_path(self.folder, number)
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        found = SegmentKey.read(self._key, os.pread(handle, HEADER_BYTES, 0))
        if isinstance(found, SegmentKey):
            self._opened = number, handle, found
            if number != self._at.segment or self._at.offset < HEADER_BYTES:
                self._at = Position(number, HEADER_BYTES)
            return True
        size = os.fstat(handle).st_size
        os.close(handle)
        if found is Header.FOREIGN:
            path.rename(path.with_suffix(_FOREIGN))
            self._counts = replace(self._counts, foreign_segments=self._counts.foreign_segments + 1)
            return True
        if finished:
            self._leave(number, size)
        return finished

    def _is_finished(self, number: int) -> bool:
        """Whether nothing more will come into a segment: a newer one follows, or its writer is gone."""
        if any(other > number for other in segments(self.folder)):
            return True
        claim = _claim_of_dead(self.folder)
        if claim is None:
            return False
        os.close(claim)
        return True

    def _leave(self, number: int, torn_bytes: int) -> None:
        """Go on behind a segment that was read to its end."""
        self.close()
        self._at = Position(number + 1, 0)
        if torn_bytes > 0:
            counts = self._counts
            self._counts = replace(
                counts, torn_bytes=counts.torn_bytes + torn_bytes, torn_segments=counts.torn_segments + 1
            )


def _claim_of_dead(folder: Path) -> int | None:
    """A hold on the folder as its writer's, to be closed at once; None while a writer holds it."""
    try:
        handle = os.open(folder / WRITER_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
