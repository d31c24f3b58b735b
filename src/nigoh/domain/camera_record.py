"""Cameras and their groups as the database keeps them."""

from dataclasses import dataclass

from nigoh.domain.camera import Camera


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraGroup:
    """Cameras that belong together: a building, a gate, a floor.

    Attributes:
        id: names it for ever.
        name: unique.
        created_unix_s, updated_unix_s: when it was made and last changed, seconds since 1970.
        version: grows by one with each change.
    """

    id: str
    name: str
    created_unix_s: float = 0.0
    updated_unix_s: float = 0.0
    version: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a camera group has a name")


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRecord:
    """A camera as it is kept: its address with user and password lies sealed beside it.

    Attributes:
        id: names it for ever; sightings and events name the camera by `camera.name`.
        camera: how it is watched; its address is without user and password when it was read.
        group: identifier of its group, or None.
        enabled: it is watched at all.
        created_unix_s, updated_unix_s: when it was added and last changed, seconds since 1970.
        version: grows by one with each change.
    """

    id: str
    camera: Camera
    group: str | None = None
    enabled: bool = True
    created_unix_s: float = 0.0
    updated_unix_s: float = 0.0
    version: int = 1
