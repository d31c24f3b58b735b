"""What is said on the WebSocket of live pictures."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import LiveOptions

TileNumber = Annotated[int, Field(ge=0, le=65_535, description="Chosen by the client; it stands in each picture.")]
LongSide = Annotated[int, Field(ge=16, le=7680, description="Long side of the pictures, pixels.")]
PerSecond = Annotated[float, Field(gt=0, le=60, description="Most pictures a second.")]
Quality = Annotated[int, Field(ge=1, le=95, description="Of the JPEG.")]


class Subscribe(BaseModel):
    """Show a camera in a tile."""

    model_config = ConfigDict(extra="forbid")

    op: Literal["subscribe"]
    tile: TileNumber
    camera: Annotated[str, Field(min_length=1, max_length=256)]
    long_side_px: LongSide = 640
    fps: PerSecond = 5.0
    quality: Quality = 75

    @property
    def camera_id(self) -> CameraId:
        """Which camera."""
        return CameraId(self.camera)

    @property
    def options(self) -> LiveOptions:
        """How it is to be shown."""
        return LiveOptions(long_side_px=self.long_side_px, fps=self.fps, quality=self.quality)


class Unsubscribe(BaseModel):
    """Show nothing in a tile any more."""

    model_config = ConfigDict(extra="forbid")

    op: Literal["unsubscribe"]
    tile: TileNumber


LIVE_ORDER: TypeAdapter[Subscribe | Unsubscribe] = TypeAdapter(
    Annotated[Subscribe | Unsubscribe, Field(discriminator="op")]
)
