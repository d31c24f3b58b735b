"""What recordings are called: FOLDER/CAMERA/2026-11-22/14-03-05.123Z_clip_ID.mp4, with a .json beside it.

Times are UTC: they sort, and no hour comes twice.
"""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

from nigoh.domain.recording import Recording
from nigoh.domain.sighting import CameraId

_UNSAFE = re.compile(r"[^\w.-]+")
_MOST_LETTERS = 60
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NAME = re.compile(r"(\d\d-\d\d-\d\d\.\d{3}Z)_(?:clip|always)[^/]*")
MEDIA_SUFFIX = ".mp4"
NOTE_SUFFIX = ".json"


def recording_path(folder: Path, about: Recording) -> Path:
    """Where it goes; another one of the same millisecond is numbered by whoever makes the file."""
    begin = datetime.fromtimestamp(about.begin_unix_s, UTC)
    label = f"{begin:%H-%M-%S}.{begin.microsecond // 1000:03d}Z_{about.kind}"
    if about.sightings:
        label += f"_{_safe(about.sightings[0])}"
    return folder / camera_folder_name(about.camera) / f"{begin:%Y-%m-%d}" / f"{label}{MEDIA_SUFFIX}"


def camera_folder_name(camera: CameraId) -> str:
    """A name that every file system takes; two cameras never share one."""
    return _safe(camera)


def begin_label(path: Path) -> str | None:
    """When a recording begins, as text that sorts by time; None if the path is none of a recording."""
    named, day = _NAME.fullmatch(path.stem), path.parent.name
    if path.suffix != MEDIA_SUFFIX or named is None or not _DAY.fullmatch(day):
        return None
    return f"{day}/{named[1]}"


def recording_of(note: Path) -> Path | None:
    """The recording that a note, or one that is half written, belongs to; None if it is neither."""
    name = note.name.removeprefix(".").removesuffix(".part")
    path = note.with_name(name).with_suffix(MEDIA_SUFFIX)
    return path if name.endswith(NOTE_SUFFIX) and begin_label(path) is not None else None


def _safe(text: str) -> str:
    """The text if it is a plain name, else what is left of it and a digest of it."""
    plain = _UNSAFE.sub("_", text)[:_MOST_LETTERS].lstrip(".")
    if plain and plain == text:
        return plain
    return f"{plain}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
