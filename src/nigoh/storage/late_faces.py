"""Late faces on disk, encrypted under a key that exists nowhere but in this process.

A face is kept as raw pixels: 38 kB, where a PNG has 20 kB but costs 0.7 ms and lossless WebP 12 kB and 13 ms, at the
very time at which there is no time. Sealing 50 kB with AES-GCM takes 0.01 ms.
"""

import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nigoh.domain.late_face import LateCounts, LateFace
from nigoh.domain.sighting import Box, CameraId
from nigoh.errors import OutputError

_FILE = "late-faces.bin"
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLimits:
    """How much is kept: bytes on disk, and seconds that a face may wait."""

    most_bytes: int = 256 * 1024 * 1024
    most_age_s: float = 600.0

    def __post_init__(self) -> None:
        if self.most_bytes < 1 or self.most_age_s <= 0:
            raise ValueError("late faces need room and time")


@dataclass(frozen=True, slots=True)
class _Place:
    """A sealed face in the file. Its nonce is its number: none is ever used twice with the key."""

    number: int
    start: int
    length: int
    feed: int
    captured_s: float

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def nonce(self) -> bytes:
        return self.number.to_bytes(_NONCE_BYTES, "big")


class LateFaceFile:
    """A ring of sealed faces in one file; see the contract of `LateQueue`. A context manager; it owns its folder.

    Only the process that wrote them can read them: the key and the places of the faces are in its memory, so what a
    crash leaves behind is noise, which the next process removes.

    Args:
        folder: for this file alone, one for each shard; made if it is missing.
        limits: how much is kept.
        clock: monotonic seconds, the clock of `LateFace.captured_s`.

    Raises:
        OutputError: the folder cannot be written.
    """

    def __init__(self, folder: Path, limits: LateLimits, clock: Callable[[], float]) -> None:
        self._path = folder / _FILE
        self._limits = limits
        self._clock = clock
        self._cipher = AESGCM(AESGCM.generate_key(bit_length=256))
        self._places: deque[_Place] = deque()
        self._counts = LateCounts()
        self._losses: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._file: int | None = _create(folder, self._path)

    @property
    def counts(self) -> LateCounts:
        """What became of all that were put."""
        with self._lock:
            return replace(self._counts, waiting=len(self._places))

    def put(self, face: LateFace) -> None:
        """Keep a face, at the cost of the oldest when there is no room. A disk that refuses costs the face."""
        with self._lock:
            number = self._counts.offered
            self._counts = replace(self._counts, offered=number + 1)
            self._drop_old()
            place = _Place(number, 0, 0, face.feed, face.captured_s)
            sealed = self._cipher.encrypt(place.nonce, _encode(face), None)
            if len(sealed) > self._limits.most_bytes:
                self._drop(place, "full")
                return
            place = replace(place, start=self._make_room(len(sealed)), length=len(sealed))
            if self._write(place, sealed):
                self._places.append(place)
            else:
                self._drop(place, "failed")

    def take(self, at_most: int) -> list[LateFace]:
        """The newest faces, newest first, at most so many, without those that are too old."""
        taken: list[LateFace] = []
        with self._lock:
            self._drop_old()
            while self._places and len(taken) < at_most:
                place = self._places.pop()
                if self._is_old(place):
                    self._drop(place, "old")
                elif (face := self._read(place)) is None:
                    self._drop(place, "failed")
                else:
                    taken.append(face)
            self._counts = replace(self._counts, taken=self._counts.taken + len(taken))
            self._give_room_back()
        return taken

    def losses(self) -> Mapping[int, int]:
        """How many faces of each feed were dropped since this was last asked."""
        with self._lock:
            losses, self._losses = dict(self._losses), Counter()
            return losses

    def close(self) -> None:
        """Forget the key and remove the file, with what is in it. From then on every face that is put is dropped."""
        with self._lock:
            if self._file is None:
                return
            while self._places:
                self._drop(self._places.popleft(), "old")
            mine = os.fstat(self._file).st_ino
            os.close(self._file)
            self._file = None
            _remove(self._path, mine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _make_room(self, length: int) -> int:
        """Where so many bytes can go, behind the newest face or at the beginning, once the oldest have gone."""
        start = self._places[-1].end if self._places else 0
        if start + length > self._limits.most_bytes:
            # What lies between here and the end of the file is older than what lies at its beginning.
            while self._places and self._places[0].start >= start:
                self._drop(self._places.popleft(), "full")
            start = 0
        while self._places and start <= self._places[0].start < start + length:
            self._drop(self._places.popleft(), "full")
        return start

    def _drop_old(self) -> None:
        while self._places and self._is_old(self._places[0]):
            self._drop(self._places.popleft(), "old")

    def _is_old(self, place: _Place) -> bool:
        return self._clock() - place.captured_s > self._limits.most_age_s

    def _drop(self, place: _Place, cause: str) -> None:
        self._losses[place.feed] += 1
        counts = self._counts
        match cause:
            case "full":
                self._counts = replace(counts, full=counts.full + 1)
            case "old":
                self._counts = replace(counts, old=counts.old + 1)
            case _:
                self._counts = replace(counts, failed=counts.failed + 1)

    def _write(self, place: _Place, sealed: bytes) -> bool:
        if self._file is None:
            return False
        rest = memoryview(sealed)
        try:
            while rest:
                rest = rest[os.pwrite(self._file, rest, place.end - len(rest)) :]
        except OSError:
            return False
        return True

    def _read(self, place: _Place) -> LateFace | None:
        if self._file is None:
            return None
        try:
            sealed = os.pread(self._file, place.length, place.start)
            return _decode(self._cipher.decrypt(place.nonce, sealed, None))
        except (OSError, InvalidTag):
            return None

    def _give_room_back(self) -> None:
        if not self._places and self._file is not None:
            # Where it fails, the room is used again.
            with suppress(OSError):
                os.ftruncate(self._file, 0)


def remove_leftovers(root: Path) -> None:
    """Remove what dead processes left in the folders of this folder. No process may be at work in them."""
    for path in root.glob(f"*/{_FILE}"):
        with suppress(OSError):
            path.unlink()


class _Record(msgspec.Struct, array_like=True, frozen=True):
    camera: CameraId
    feed: int
    captured_s: float
    captured_unix_s: float
    watch_s: float
    box: Box
    detection: float
    quality: float
    shape: tuple[int, int, int]
    crop: bytes
    jpeg: bytes


_records = msgspec.msgpack.Decoder(_Record)


def _encode(face: LateFace) -> bytes:
    height, width, channels = face.crop.shape
    return msgspec.msgpack.encode(
        _Record(
            face.camera,
            face.feed,
            face.captured_s,
            face.captured_unix_s,
            face.watch_s,
            face.box,
            face.detection,
            face.quality,
            (height, width, channels),
            face.crop.tobytes(),
            face.jpeg,
        )
    )


def _decode(data: bytes) -> LateFace:
    record = _records.decode(data)
    return LateFace(
        camera=record.camera,
        feed=record.feed,
        captured_s=record.captured_s,
        captured_unix_s=record.captured_unix_s,
        watch_s=record.watch_s,
        box=record.box,
        detection=record.detection,
        quality=record.quality,
        crop=np.frombuffer(record.crop, np.uint8).reshape(record.shape),
        jpeg=record.jpeg,
    )


def _create(folder: Path, path: Path) -> int:
    """A new file in the place of what an earlier process left. Raises OutputError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        path.unlink(missing_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise OutputError.of(folder, error) from error


def _remove(path: Path, inode: int) -> None:
    """Remove the file unless another process has put its own in its place."""
    # Where it fails, the next process removes it.
    with suppress(OSError):
        if path.stat().st_ino == inode:
            path.unlink()
