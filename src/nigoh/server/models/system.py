"""How the engine and its cameras are, as JSON."""

from pydantic import BaseModel, Field

from nigoh.domain.access import Principal
from nigoh.domain.camera_status import Activity, CameraStatus, EngineStatus, LinkState, ShardStatus
from nigoh.domain.camera_url import redact
from nigoh.server.times import Time, to_time, to_time_or_none


class CameraCountsModel(BaseModel):
    """What has happened on a camera since the engine began. All only grow."""

    offered_frames: int
    analysed_frames: int
    unchanged_frames: int
    dropped_frames: dict[str, int] = Field(description="By cause.")
    faces: int
    sightings: int
    matched: int
    reconnects: int


class CameraStatusModel(BaseModel):
    """How a camera is now."""

    camera: str
    state: LinkState
    since_at: Time
    reason: str = Field(description="Why it is so; empty while all is well.")
    next_step: str = Field(description="What helps; empty if nothing is needed.")
    next_try_at: Time | None
    shard: str
    activity: Activity
    codec: str
    width_px: int
    height_px: int
    fps: float
    coverage: float = Field(description="Share of the last minutes that was really watched, 0 to 1.")
    recording: str
    counts: CameraCountsModel


class ShardModel(BaseModel):
    """One process that watches cameras."""

    shard: str
    pid: int
    cpu_s: float
    resident_bytes: int
    threads: int
    descriptors: int
    restarts: int
    cameras: int


class SystemModel(BaseModel):
    """How nigoh is now."""

    version: str
    at: Time
    started_at: Time
    pid: int
    cpu_s: float
    resident_bytes: int
    shards: list[ShardModel]
    cameras: list[CameraStatusModel] = Field(description="Those that whoever asks may see.")


class CheckModel(BaseModel):
    """Something that is needed to work."""

    name: str
    ok: bool


class ReadinessModel(BaseModel):
    """Whether requests can be served."""

    status: str = Field(examples=["ready", "not-ready"])
    checks: list[CheckModel]


class HealthModel(BaseModel):
    """The server answers."""

    status: str = Field(examples=["ok"])


def system_model(status: EngineStatus, who: Principal, version: str) -> SystemModel:
    """The whole engine, as somebody may see it."""
    return SystemModel(
        version=version,
        at=to_time(status.unix_s),
        started_at=to_time(status.started_unix_s),
        pid=status.pid,
        cpu_s=status.cpu_s,
        resident_bytes=status.resident_bytes,
        shards=[_shard_model(shard) for shard in status.shards],
        cameras=[
            camera_status_model(camera)
            for shard in status.shards
            for camera in shard.cameras
            if who.sees(camera.camera)
        ],
    )


def camera_status_model(status: CameraStatus) -> CameraStatusModel:
    """One camera."""
    counts = status.counts
    return CameraStatusModel(
        camera=status.camera,
        state=status.state,
        since_at=to_time(status.since_unix_s),
        reason=redact(status.reason),
        next_step=redact(status.next_step),
        next_try_at=to_time_or_none(status.next_try_unix_s),
        shard=status.shard,
        activity=status.activity,
        codec=status.codec,
        width_px=status.width_px,
        height_px=status.height_px,
        fps=status.fps,
        coverage=status.coverage,
        recording=status.recording,
        counts=CameraCountsModel(
            offered_frames=counts.offered,
            analysed_frames=counts.analysed,
            unchanged_frames=counts.unchanged,
            dropped_frames={cause.value: count for cause, count in counts.drops.items()},
            faces=counts.faces,
            sightings=counts.sightings,
            matched=counts.matched,
            reconnects=counts.reconnects,
        ),
    )


def _shard_model(shard: ShardStatus) -> ShardModel:
    return ShardModel(
        shard=shard.shard,
        pid=shard.pid,
        cpu_s=shard.cpu_s,
        resident_bytes=shard.resident_bytes,
        threads=shard.threads,
        descriptors=shard.descriptors,
        restarts=shard.restarts,
        cameras=len(shard.cameras),
    )
