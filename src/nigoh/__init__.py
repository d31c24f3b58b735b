"""nigoh says when a person you look for, know, or do not know appears on your cameras.

gallery = nigoh.load_known_faces("known_faces")
for sighting in nigoh.watch("video/1.mp4", gallery):
    print(sighting.person, sighting.score)
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nigoh.api import load_known_faces, watch
    from nigoh.camera_detection import CameraDetection
    from nigoh.domain.sighting import Sighting, Status
    from nigoh.engine.known_faces import KnownFaces
    from nigoh.errors import NigohError

__all__ = ["CameraDetection", "KnownFaces", "NigohError", "Sighting", "Status", "load_known_faces", "watch"]

# Imported when first used: `import nigoh` must load nothing heavy.
_HOMES = {
    "CameraDetection": "nigoh.camera_detection",
    "KnownFaces": "nigoh.engine.known_faces",
    "NigohError": "nigoh.errors",
    "Sighting": "nigoh.domain.sighting",
    "Status": "nigoh.domain.sighting",
    "load_known_faces": "nigoh.api",
    "watch": "nigoh.api",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'nigoh' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
