"""How the whole of it was, what it stands on and what it keeps, as JSON."""

from pydantic import BaseModel, ConfigDict, Field

from nigoh.domain.system_facts import LogLine, SystemSample
from nigoh.server.times import Time, to_time


class _Told(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SampleModel(_Told):
    """How it was over a while."""

    at: Time = Field(description="The end of the while.")
    cpu_cores: float = Field(description="Cores that all processes used together.")
    resident_bytes: int
    cameras: int
    watching: int = Field(description="Cameras whose pictures came.")
    coverage: float = Field(description="Share of the time that was really watched, 0 to 1, over all cameras.")
    analysed_per_s: float
    dropped_per_s: float
    faces_per_s: float
    sightings: int = Field(description="Tracks reported in this while.")
    latency_s: float = Field(description="From a frame's arrival to its results, the median.")
    slow_latency_s: float = Field(description="The same, the 95th percentile.")


class CapacityModel(_Told):
    """How many cameras this machine can watch: what each took over ten minutes, into 80 % of the cores."""

    cores: int = Field(description="That nigoh may use.")
    used_cores: float = Field(description="That it used lately.")
    cameras: float = Field(description="Watched meanwhile, on average.")
    possible: int | None = Field(description="null: not known without cameras.")
    is_exhausted: bool = Field(description="More than 2 % of the frames are dropped for want of computing time.")


class HistoryModel(BaseModel):
    """The last day, as far as it is kept."""

    sample_s: float = Field(
        description="So long a sample stands for; with fewer points than samples, some are left out."
    )
    capacity: CapacityModel
    samples: list[SampleModel] = Field(description="The oldest first.")


class KeptModel(_Told):
    """What lies somewhere."""

    what: str = Field(examples=["database", "pictures", "recordings"])
    place: str
    size_bytes: int | None
    free_bytes: int | None = Field(description="On the same disk.")
    disk_bytes: int | None = Field(description="The whole disk.")


class StorageModel(BaseModel):
    """All that is kept, five minutes old at most."""

    items: list[KeptModel]


class ModelFactModel(_Told):
    """A model that is known here."""

    name: str
    version: str
    kind: str
    licence: str
    is_commercial: bool = Field(description="The licence permits commercial use.")
    state: str
    is_used: bool
    sha256: str


class DeviceFactModel(_Told):
    """Something that models can run on."""

    runtime: str
    name: str
    description: str
    works: bool = Field(description="A small model really ran on it.")
    problem: str
    is_used: bool


class VersionsModel(BaseModel):
    """What nigoh stands on."""

    libraries: dict[str, str] = Field(description="Versions by name; `python` and `system` are among them.")
    models: list[ModelFactModel]
    devices: list[DeviceFactModel]


class LogLineModel(BaseModel):
    """A record of the log, without secrets."""

    number: int
    time: Time
    level: str
    logger: str
    text: str
    camera: str
    shard: str
    details: dict[str, str]


class LogModel(BaseModel):
    """The newest lines of the log."""

    items: list[LogLineModel] = Field(description="The oldest first.")


def sample_model(sample: SystemSample) -> SampleModel:
    """A sample as JSON."""
    return SampleModel(
        at=to_time(sample.unix_s),
        cpu_cores=sample.cpu_cores,
        resident_bytes=sample.resident_bytes,
        cameras=sample.cameras,
        watching=sample.watching,
        coverage=sample.coverage,
        analysed_per_s=sample.analysed_per_s,
        dropped_per_s=sample.dropped_per_s,
        faces_per_s=sample.faces_per_s,
        sightings=sample.sightings,
        latency_s=sample.latency_s,
        slow_latency_s=sample.slow_latency_s,
    )


def log_line_model(line: LogLine) -> LogLineModel:
    """A line as JSON."""
    return LogLineModel(
        number=line.number,
        time=to_time(line.unix_s),
        level=line.level,
        logger=line.logger,
        text=line.text,
        camera=line.camera,
        shard=line.shard,
        details=dict(line.details),
    )
