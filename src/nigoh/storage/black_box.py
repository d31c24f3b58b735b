"""What a shard's decoder threads are at, in a file that outlives the shard: it names who made it crash."""

import mmap
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from nigoh.domain.sighting import CameraId
from nigoh.errors import OutputError

_SLOT_BYTES = 512
_LENGTH_BYTES = 2


class BlackBox:
    """A small file in shared memory with a slot for each thread. A context manager; it takes microseconds to write.

    What is written survives the process, whatever ends it, as the kernel keeps the pages; it needs no fsync, since a
    machine that has crashed is asked for nothing.

    Args:
        path: of the file; made, and emptied.
        slots: how many threads there are.

    Raises:
        OutputError: it cannot be written.
    """

    def __init__(self, path: Path, slots: int) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.ftruncate(file, slots * _SLOT_BYTES)
                self._memory = mmap.mmap(file, slots * _SLOT_BYTES)
            finally:
                os.close(file)
        except OSError as error:
            raise OutputError.of(path, error) from error

    def begins(self, thread: int, camera: CameraId) -> None:
        """The thread of this number, from 0, is about to do something with what a camera sent."""
        name = camera.encode("utf-8")[: _SLOT_BYTES - _LENGTH_BYTES]
        at = thread * _SLOT_BYTES
        self._memory[at + _LENGTH_BYTES : at + _LENGTH_BYTES + len(name)] = name
        self._memory[at : at + _LENGTH_BYTES] = len(name).to_bytes(_LENGTH_BYTES, "big")

    def ends(self, thread: int) -> None:
        """It has done so, and lives."""
        at = thread * _SLOT_BYTES
        self._memory[at : at + _LENGTH_BYTES] = bytes(_LENGTH_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._memory.close()


def read_black_box(path: Path) -> tuple[CameraId, ...]:
    """The cameras that threads of a process were at when it ended; none if nothing was written."""
    cameras = []
    with suppress(OSError, UnicodeDecodeError):
        data = path.read_bytes()
        for at in range(0, len(data), _SLOT_BYTES):
            length = int.from_bytes(data[at : at + _LENGTH_BYTES], "big")
            if length:
                cameras.append(CameraId(data[at + _LENGTH_BYTES : at + _LENGTH_BYTES + length].decode("utf-8")))
    return tuple(cameras)
