"""The folder of recordings: begins files, keeps what is known of each beside it, finds them again."""

import fcntl
import io
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import msgspec

from nigoh.domain.recording import Recording
from nigoh.domain.sighting import CameraId
from nigoh.errors import OutputError
from nigoh.storage.recording_names import MEDIA_SUFFIX, NOTE_SUFFIX, begin_label, camera_folder_name, recording_path
from nigoh.storage.recording_room import RecordingRoom
from nigoh.storage.retention import RetentionLimits

_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_TRIES = 100


class Placed(Protocol):
    """A file that knows where it is."""

    @property
    def path(self) -> Path:
        """Where."""
        ...

    def close(self) -> None:
        """No more will come."""
        ...


class RecordingFolder:
    """A place for recordings that stays within its limits (see `nigoh.engine.recording_seam.RecordingStore`).

    Several processes may use one folder. Only its owner can look into it; only what nigoh has named is ever removed.
    """

    def __init__(
        self, folder: Path, limits: RetentionLimits | None = None, unix_s: Callable[[], float] = time.time
    ) -> None:
        """Nothing is done until something is to be recorded: a disk that is missing then may come back later.

        Args:
            folder: where; made when it is first used.
            limits: how much may be kept; all processes have to say the same.
            unix_s: seconds since 1970.
        """
        self.folder = folder
        self._limits = limits or RetentionLimits()
        self._unix_s = unix_s
        self._taken: RecordingRoom | None = None

    def begin(self, about: Recording) -> "RoomyFile":
        """A new empty file. Raises OutputError: there is no room, or it cannot be written."""
        path = recording_path(self.folder, about)
        with self._room.locked():
            file = RoomyFile(_create(path), self._room)
        try:
            self.describe(file, about)
        except OutputError:
            self.discard(file)
            raise
        return file

    def describe(self, file: Placed, about: Recording) -> None:
        """Replace what is kept beside it, at once or not at all. Raises OutputError.

        It is not forced to the disk: what a power cut takes is the last moments of the video, too.
        """
        note = file.path.with_suffix(NOTE_SUFFIX)
        part = note.with_name(f".{note.name}.part")
        data = msgspec.json.encode(about) + b"\n"
        self._room.spend(len(data))
        with self._room.locked():
            if not file.path.exists():
                return  # finished, and removed since
            try:
                handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _PRIVATE_FILE)
                with os.fdopen(handle, "wb") as output:
                    output.write(data)
                part.replace(note)
            except OSError as error:
                part.unlink(missing_ok=True)
                raise OutputError.of(note, error) from error

    def discard(self, file: Placed) -> None:
        """Remove a file into which nothing came."""
        file.path.unlink(missing_ok=True)
        file.path.with_suffix(NOTE_SUFFIX).unlink(missing_ok=True)
        file.close()

    def tend(self) -> None:
        """Remove what is too old; raises OutputError while nothing can be recorded."""
        self._room.tend()

    def close(self) -> None:
        """Leave the folder to the others."""
        if self._taken is not None:
            self._taken.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _room(self) -> RecordingRoom:
        """This process's share of the folder. Raises OutputError: it cannot be written."""
        if self._taken is None:
            try:
                self.folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            except OSError as error:
                raise OutputError.of(self.folder, error) from error
            self._taken = RecordingRoom(self.folder, self._limits, self._unix_s)
        return self._taken


class RoomyFile(io.FileIO):
    """A file that asks for room before it grows; locked against removal until it is closed."""

    def __init__(self, path: Path, room: RecordingRoom) -> None:
        super().__init__(path, "r+b")
        fcntl.flock(self.fileno(), fcntl.LOCK_EX)
        self.path = path
        self._room = room
        self._size = 0

    def write(self, data: bytes | memoryview, /) -> int:  # type: ignore[override]  # a buffer is what FFmpeg hands over
        """Write, after room has been found for what is new. Raises OutputError, OSError."""
        end = self.tell() + len(data)
        if end > self._size:
            self._room.spend(end - self._size)
            self._size = end
        return super().write(data)


def list_recordings(folder: Path, camera: CameraId | None = None) -> Iterator[tuple[Path, Recording]]:
    """The recordings of a folder, of one camera or all, by camera and time; those being written included."""
    pattern = "*" if camera is None else camera_folder_name(camera)
    for path in sorted(folder.glob(f"{pattern}/*/*{MEDIA_SUFFIX}")):
        if begin_label(path) is None:
            continue
        about = recording_at(path)
        if about is not None:
            yield path, about


def recording_at(path: Path) -> Recording | None:
    """What is known of a recording; None: it was just removed, or is what a power cut has left."""
    try:
        return msgspec.json.decode(path.with_suffix(NOTE_SUFFIX).read_bytes(), type=Recording)
    except (OSError, msgspec.DecodeError):
        return None


def find_recordings(folder: Path, sighting_id: str) -> list[tuple[Path, Recording]]:
    """The recordings that show a sighting, oldest first."""
    found = [(path, about) for path, about in list_recordings(folder) if sighting_id in about.sightings]
    return sorted(found, key=lambda each: each[1].begin_unix_s)


def _create(path: Path) -> Path:
    """A new file of this name, or one with a number if it is taken. Raises OutputError."""
    stem = path.stem
    try:
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        for number in range(2, _TRIES):
            try:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE_FILE))
            except FileExistsError:
                path = path.with_stem(f"{stem}-{number}")
                continue
            return path
    except OSError as error:
        raise OutputError.of(path, error) from error
    raise OutputError(f"{path} cannot be written: its name is taken", "Look at the machine's clock.")
