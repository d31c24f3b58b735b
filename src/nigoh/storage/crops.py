"""Best shots as JPEG files."""

import re
from pathlib import Path

import cv2

from nigoh.domain.frame import Pixels
from nigoh.domain.sighting import Sighting
from nigoh.errors import OutputError

_UNSAFE = re.compile(r"[^\w.-]+")
_JPEG_QUALITY = 92
_MOST_NAME_BYTES = 200
_MOST_CAMERA_LETTERS = 40


class CropFolder:
    """A folder that receives one JPEG a sighting, named by camera, track and person."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".nigoh-write-test"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise OutputError.of(folder, error) from error

    def save(self, sighting: Sighting, picture: Pixels) -> Path:
        """Write the picture (H, W, 3) uint8 BGR to a file of its own. Raises OutputError."""
        name = f"{sighting.camera[-_MOST_CAMERA_LETTERS:]}-{sighting.track:04d}-{sighting.person or sighting.status}"
        # Cut to what a file system takes as a name; the camera and the track come first.
        stem = _UNSAFE.sub("_", name).encode()[:_MOST_NAME_BYTES].decode(errors="ignore")
        path = self._unused(stem)
        _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        try:
            path.write_bytes(encoded.tobytes())
        except OSError as error:
            raise OutputError.of(path, error) from error
        return path

    def _unused(self, stem: str) -> Path:
        """A file that is not there yet: crops of an earlier watch stay."""
        path, number = self._folder / f"{stem}.jpg", 1
        while path.exists():
            number += 1
            path = self._folder / f"{stem}-{number}.jpg"
        return path
