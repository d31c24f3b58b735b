"""The folder of recordings, day by day: what is finished there, without a look at days in which nothing changed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nigoh.domain.clip import Clip
from nigoh.domain.identifiers import new_id
from nigoh.storage.recording_names import begin_label
from nigoh.storage.recording_room import is_being_written
from nigoh.storage.recordings import recording_at


@dataclass(frozen=True, slots=True)
class RecordingDay:
    """A camera's folder of one day.

    Attributes:
        name: relative to the folder of recordings: CAMERA/DAY.
        changed_ns: when a file in it was last begun, finished or removed, by the file system's clock.
    """

    name: str
    changed_ns: int


def recording_days(folder: Path) -> Iterator[RecordingDay]:
    """All days of all cameras; what goes meanwhile is left out. Raises OSError: the folder cannot be read."""
    if not folder.is_dir():
        return
    for camera in _folders(folder):
        try:
            days = _folders(Path(camera.path))
            yield from (
                RecordingDay(f"{camera.name}/{day.name}", day.stat(follow_symlinks=False).st_mtime_ns) for day in days
            )
        except FileNotFoundError:
            continue


def files_of_day(folder: Path, day: str) -> list[str]:
    """The recordings of a day, relative to the folder of recordings, the oldest first; those being written too."""
    try:
        with os.scandir(folder / day) as entries:
            names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    return [f"{day}/{name}" for name in sorted(names) if begin_label(folder / day / name) is not None]


def finished_clip(folder: Path, path: str) -> Clip | None:
    """What is known of a recording that nobody writes any more; None: it is being written, or just went."""
    file = folder / path
    about = recording_at(file)
    if about is None or (about.end_unix_s is None and is_being_written(file)):
        return None
    try:
        status = file.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    # Of one whose writer was killed, when it was last written.
    end_unix_s = status.st_mtime if about.end_unix_s is None else about.end_unix_s
    return Clip(
        id=new_id(about.begin_unix_s),
        camera=about.camera,
        path=path,
        first_unix_s=about.begin_unix_s,
        last_unix_s=max(end_unix_s, about.begin_unix_s),
        size_bytes=status.st_size,
    )


def _folders(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return [each for each in entries if not each.name.startswith(".") and each.is_dir(follow_symlinks=False)]
