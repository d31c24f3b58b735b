"""What is said on the control socket: an object a line, in JSON.

{"order": "status"}                                      {"status": {...}}
{"order": "reload"}                                      {}
{"order": "stop"}                                        {}
{"order": "live", "camera": "gate", "fps": 2}            {"picture": {...}}  {"picture": {...}}  ...
{"order": "dance"}                                       {"error": "..."}
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from nigoh.domain.camera_status import EngineStatus
from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import LiveOptions, LivePicture

SOCKET_NAME = "control.sock"
MOST_REQUEST_BYTES = 16_384


class Order(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked for. The others say how a camera is to be shown, in `live`."""

    order: Literal["status", "reload", "stop", "live"]
    camera: CameraId = CameraId("")
    long_side_px: Annotated[int, msgspec.Meta(ge=16, le=7680)] = 640
    fps: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0
    quality: Annotated[int, msgspec.Meta(ge=1, le=95)] = 80

    @property
    def options(self) -> LiveOptions:
        """How a camera is to be shown."""
        return LiveOptions(long_side_px=self.long_side_px, fps=self.fps, quality=self.quality)


class Answer(msgspec.Struct, omit_defaults=True):
    """What is answered; a picture's JPEG stands in it as base64. Without anything: it is done, or nothing new."""

    status: EngineStatus | None = None
    picture: LivePicture | None = None
    error: str | None = None


def socket_path(data_dir: Path) -> Path:
    """Where the engine of this folder listens."""
    return data_dir / SOCKET_NAME
