"""Best shots of live cameras as JPEG files: a folder a day, a file a track, named by time, camera and person."""

import re
import time
from pathlib import Path

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.errors import OutputError

_UNSAFE = re.compile(r"[^\w.-]+")
_MOST_NAME_BYTES = 200
_MOST_CAMERA_LETTERS = 40
_MOST_OPEN = 10_000


class SightingCrops:
    """A folder of best shots, for months. What is told later about a track takes the place of what was told before.

    One thread.
    """

    def __init__(self, folder: Path) -> None:
        """Open the folder. Raises OutputError."""
        self._folder = folder
        self._open: dict[str, Path] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".nigoh-write-test"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise OutputError.of(folder, error) from error

    def save(self, told: CameraSighting, jpeg: bytes) -> None:
        """Write the picture of a sighting's best shot. Raises OutputError."""
        before = self._open.pop(told.id, None)
        if not jpeg:
            return
        path = self._path(told)
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(jpeg)
            if before is not None and before != path:
                before.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError.of(path, error) from error
        if told.stage is not Stage.LEFT:
            self._open[told.id] = path
            if len(self._open) > _MOST_OPEN:
                # Of these nobody said that they left: their shard has died.
                del self._open[next(iter(self._open))]

    def _path(self, told: CameraSighting) -> Path:
        sighting = told.sighting
        first = time.localtime(told.first_unix_s)
        camera = sighting.camera[-_MOST_CAMERA_LETTERS:]
        who = sighting.person or sighting.status
        name = f"{time.strftime('%H%M%S', first)}-{camera}-{sighting.track:04d}-{who}"
        # Cut to what a file system takes as a name; the time, the camera and the track come first.
        stem = _UNSAFE.sub("_", name).encode()[:_MOST_NAME_BYTES].decode(errors="ignore")
        return self._folder / time.strftime("%Y-%m-%d", first) / f"{stem}.jpg"
