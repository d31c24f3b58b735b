"""The engine's status as Prometheus metrics. Labels hold names of cameras and shards, never an address."""

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from itertools import accumulate
from typing import TypeAlias

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from nigoh.domain.camera_status import (
    LATENCY_BOUNDS_S,
    CameraCounts,
    CameraStatus,
    Drop,
    EngineStatus,
    LinkState,
    ShardStatus,
)

_COUNTERS: tuple[tuple[str, str, Callable[[CameraCounts], float]], ...] = (
    ("received_packets", "Network packets received.", lambda counts: counts.packets),
    ("received_bytes", "Bytes received.", lambda counts: counts.bytes),
    ("lost_packets", "Packets that the network lost.", lambda counts: counts.lost_packets),
    ("received_pictures", "Coded pictures received.", lambda counts: counts.received),
    ("decoded_pictures", "Pictures decoded, on the way to a wanted one too.", lambda counts: counts.decoded),
    ("offered_frames", "Frames that were to be looked at.", lambda counts: counts.offered),
    ("unchanged_frames", "Offered frames that showed the last one's scene.", lambda counts: counts.unchanged),
    ("analysed_frames", "Offered frames that were searched for faces.", lambda counts: counts.analysed),
    ("faces", "Faces found in analysed frames.", lambda counts: counts.faces),
    ("offered_faces", "Faces that were to be embedded.", lambda counts: counts.faces_offered),
    ("embedded_faces", "Offered faces that were embedded at once.", lambda counts: counts.embedded),
    ("deferred_faces", "Offered faces that were put aside for later.", lambda counts: counts.deferred),
    ("late_embedded_faces", "Deferred faces that were embedded since.", lambda counts: counts.embedded_late),
    ("late_dropped_faces", "Deferred faces that were given up.", lambda counts: counts.late_dropped),
    ("matches", "Decisions that gave a name.", lambda counts: counts.matched),
    ("sightings", "Tracks reported.", lambda counts: counts.sightings),
    ("reconnects", "Connections after the first.", lambda counts: counts.reconnects),
)

_GAUGES: tuple[tuple[str, str, Callable[[CameraStatus], float]], ...] = (
    (
        "state_since_timestamp_seconds",
        "Unix time since when the connection is in its state.",
        lambda camera: camera.since_unix_s,
    ),
    ("coverage_ratio", "Share of the last minutes that was really watched.", lambda camera: camera.coverage),
    ("waiting_frames", "Offered frames that are on their way.", lambda camera: camera.waiting),
    ("width_pixels", "Width of the stream's pictures, 0 if not known.", lambda camera: camera.width_px),
    ("height_pixels", "Height of the stream's pictures, 0 if not known.", lambda camera: camera.height_px),
    ("stream_frames_per_second", "Pictures a second that are sent, 0 if not known.", lambda camera: camera.fps),
    ("recording", "Whether its video is being kept.", lambda camera: camera.recording in {"clip", "always"}),
    (
        "recording_paused",
        "Whether its video should be kept and cannot be.",
        lambda camera: camera.recording.startswith("paused"),
    ),
)

_SHARD_COUNTERS: tuple[tuple[str, str, Callable[[ShardStatus], float]], ...] = (
    ("cpu_seconds", "CPU time that the shard's process has used.", lambda shard: shard.cpu_s),
    ("restarts", "How often the shard had to be started again.", lambda shard: shard.restarts),
)

_SHARD_GAUGES: tuple[tuple[str, str, Callable[[ShardStatus], float]], ...] = (
    ("resident_memory_bytes", "Resident memory of the shard's process.", lambda shard: shard.resident_bytes),
    ("threads", "Threads of the shard's process.", lambda shard: shard.threads),
    ("open_descriptors", "Open file descriptors of the shard's process.", lambda shard: shard.descriptors),
    ("cameras", "Cameras that the shard watches.", lambda shard: len(shard.cameras)),
)

_ENGINE_GAUGES: tuple[tuple[str, str, Callable[[EngineStatus], float]], ...] = (
    ("start_time_seconds", "Unix time when the engine began.", lambda engine: engine.started_unix_s),
    ("status_timestamp_seconds", "Unix time of the status that these metrics tell.", lambda engine: engine.unix_s),
    (
        "supervisor_resident_memory_bytes",
        "Resident memory of the supervising process.",
        lambda engine: engine.resident_bytes,
    ),
)

_BOUNDS = (*map(repr, LATENCY_BOUNDS_S), "+Inf")
_Rows: TypeAlias = Sequence[tuple[tuple[str, str], CameraStatus]]


class StatusCollector(Collector):
    """Tells the newest status at each scrape; it keeps nothing.

    Owner: the registry that it is given to. Scrapes may come from any thread, several at once.

    Args:
        newest: gives the newest status, from any thread and without waiting long.
    """

    def __init__(self, newest: Callable[[], EngineStatus]) -> None:
        self._newest = newest

    def collect(self) -> Iterator[Metric]:
        """The metrics now."""
        return metrics_of(self._newest())

    def describe(self) -> Iterator[Metric]:
        """Their names and kinds, which do not depend on the status."""
        return metrics_of(EngineStatus(unix_s=0.0, started_unix_s=0.0, pid=0, cpu_s=0.0, resident_bytes=0))


def metrics_of(engine: EngineStatus) -> Iterator[Metric]:
    """The metrics that say this status. Metrics of cameras have the labels `camera` and `shard`."""
    rows = [((str(camera.camera), shard.shard), camera) for shard in engine.shards for camera in shard.cameras]
    yield from _engine_metrics(engine)
    yield from _shard_metrics(engine.shards)
    yield from _camera_metrics(rows)
    yield _states(rows)
    yield _codecs(rows)
    yield _drops(rows)
    yield _latency(rows)


def _engine_metrics(engine: EngineStatus) -> Iterator[Metric]:
    build = GaugeMetricFamily("nigoh_build_info", "1; the label says which nigoh this is.", labels=["version"])
    build.add_metric([version("nigoh")], 1)
    yield build
    yield CounterMetricFamily(
        "nigoh_engine_supervisor_cpu_seconds",
        "CPU time that the supervising process has used.",
        value=engine.cpu_s,
    )
    for name, explanation, value in _ENGINE_GAUGES:
        yield GaugeMetricFamily(f"nigoh_engine_{name}", explanation, value=value(engine))


def _shard_metrics(shards: Sequence[ShardStatus]) -> Iterator[Metric]:
    for kind, described in ((CounterMetricFamily, _SHARD_COUNTERS), (GaugeMetricFamily, _SHARD_GAUGES)):
        for name, explanation, value in described:
            family = kind(f"nigoh_shard_{name}", explanation, labels=["shard"])
            for shard in shards:
                family.add_metric([shard.shard], value(shard))
            yield family


def _camera_metrics(rows: _Rows) -> Iterator[Metric]:
    for name, explanation, count in _COUNTERS:
        counter = CounterMetricFamily(f"nigoh_camera_{name}", explanation, labels=["camera", "shard"])
        for labels, camera in rows:
            counter.add_metric(labels, count(camera.counts))
        yield counter
    for name, explanation, value in _GAUGES:
        gauge = GaugeMetricFamily(f"nigoh_camera_{name}", explanation, labels=["camera", "shard"])
        for labels, camera in rows:
            gauge.add_metric(labels, value(camera))
        yield gauge


def _states(rows: _Rows) -> Metric:
    family = GaugeMetricFamily(
        "nigoh_camera_state",
        "1 for the state that the connection is in, 0 for the others.",
        labels=["camera", "shard", "state"],
    )
    for labels, camera in rows:
        for state in LinkState:
            family.add_metric((*labels, state.value), camera.state is state)
    return family


def _codecs(rows: _Rows) -> Metric:
    family = GaugeMetricFamily(
        "nigoh_camera_codec_info",
        "1 for a camera whose codec is known; the label names it.",
        labels=["camera", "shard", "codec"],
    )
    for labels, camera in rows:
        if camera.codec:
            family.add_metric((*labels, camera.codec), 1)
    return family


def _drops(rows: _Rows) -> Metric:
    family = CounterMetricFamily(
        "nigoh_camera_dropped_frames",
        "Offered frames that were not analysed, by cause.",
        labels=["camera", "shard", "cause"],
    )
    for labels, camera in rows:
        # Causes that have not happened are told too: a rate needs the zero that it grows from.
        for cause in Drop:
            family.add_metric((*labels, cause.value), camera.counts.drops.get(cause, 0))
    return family


def _latency(rows: _Rows) -> Metric:
    family = HistogramMetricFamily(
        "nigoh_camera_analysis_latency_seconds",
        "From the arrival of an analysed frame to its results.",
        labels=["camera", "shard"],
    )
    for labels, camera in rows:
        buckets = list(zip(_BOUNDS, accumulate(camera.counts.latency), strict=True))
        family.add_metric(labels, buckets, camera.counts.latency_sum_s)
    return family
