"""The metrics say what the status says, in words and numbers that Prometheus accepts."""

import http.client
import re
import shutil
import subprocess
import threading
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from nigoh.domain.camera_status import (
    LATENCY_BOUNDS_S,
    CameraCounts,
    CameraStatus,
    Drop,
    EngineStatus,
    LinkState,
    ShardStatus,
)
from nigoh.domain.sighting import CameraId
from nigoh.errors import ConfigError
from nigoh.server.metrics import StatusCollector
from nigoh.server.metrics_server import MetricsServer

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"

GATE = CameraStatus(
    camera=CameraId('gate "north"\\1'),
    shard="shard-1",
    state=LinkState.WATCHING,
    since_unix_s=1_700_000_100.5,
    codec="h264",
    width_px=1280,
    height_px=720,
    fps=12.5,
    waiting=3,
    coverage=0.875,
    recording="clip",
    counts=CameraCounts(
        packets=101,
        bytes=102,
        lost_packets=103,
        received=104,
        decoded=105,
        offered=106,
        unchanged=107,
        analysed=108,
        drops={Drop.NEWER: 109, Drop.OVERLOAD: 110},
        faces=111,
        faces_offered=112,
        embedded=113,
        deferred=114,
        embedded_late=115,
        late_dropped=116,
        matched=117,
        sightings=118,
        reconnects=119,
        latency=(1, 2, 0, 4, *(0,) * (len(LATENCY_BOUNDS_S) - 4), 5),
        latency_sum_s=70.25,
    ),
)
YARD = CameraStatus(
    camera=CameraId("yard"),
    shard="shard-2",
    state=LinkState.RETRYING,
    since_unix_s=1_700_000_200.0,
    reason="rtsp://***@10.0.0.5/live refuses the password",
    recording="paused: the disk is full",
)
ENGINE = EngineStatus(
    unix_s=1_700_000_300.0,
    started_unix_s=1_700_000_000.0,
    pid=10,
    cpu_s=1.5,
    resident_bytes=2_000_000,
    shards=(
        ShardStatus(
            shard="shard-1", pid=11, cpu_s=60.5, resident_bytes=3_000_000, threads=7, descriptors=42, cameras=(GATE,)
        ),
        ShardStatus(
            shard="shard-2",
            pid=12,
            cpu_s=0.25,
            resident_bytes=4_000_000,
            threads=6,
            descriptors=41,
            cameras=(YARD,),
            restarts=2,
        ),
    ),
)


def exposition(engine: EngineStatus) -> str:
    registry = CollectorRegistry()
    registry.register(StatusCollector(lambda: engine))
    return generate_latest(registry).decode()


def samples(engine: EngineStatus) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in parse(exposition(engine))
        for sample in family.samples
    }


def of_gate(name: str, **labels: str) -> float:
    key = frozenset({"camera": str(GATE.camera), "shard": "shard-1", **labels}.items())
    return samples(ENGINE)[f"nigoh_camera_{name}", key]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("received_packets_total", 101),
        ("received_bytes_total", 102),
        ("lost_packets_total", 103),
        ("received_pictures_total", 104),
        ("decoded_pictures_total", 105),
        ("offered_frames_total", 106),
        ("unchanged_frames_total", 107),
        ("analysed_frames_total", 108),
        ("faces_total", 111),
        ("offered_faces_total", 112),
        ("embedded_faces_total", 113),
        ("deferred_faces_total", 114),
        ("late_embedded_faces_total", 115),
        ("late_dropped_faces_total", 116),
        ("matches_total", 117),
        ("sightings_total", 118),
        ("reconnects_total", 119),
        ("state_since_timestamp_seconds", 1_700_000_100.5),
        ("coverage_ratio", 0.875),
        ("waiting_frames", 3),
        ("width_pixels", 1280),
        ("height_pixels", 720),
        ("stream_frames_per_second", 12.5),
        ("recording", 1),
        ("recording_paused", 0),
    ],
)
def test_each_count_of_a_camera_is_told_under_its_own_name(name: str, value: float) -> None:
    assert of_gate(name) == value


def test_drops_are_told_by_cause_those_that_never_happened_too() -> None:
    assert {cause: of_gate("dropped_frames_total", cause=cause.value) for cause in Drop} == {
        Drop.NEWER: 109,
        Drop.UNDECODABLE: 0,
        Drop.OVERLOAD: 110,
        Drop.DISCONNECTED: 0,
    }


def test_exactly_one_state_is_set() -> None:
    states = {state: of_gate("state", state=state.value) for state in LinkState}
    assert states == {state: float(state is LinkState.WATCHING) for state in LinkState}


def test_latency_is_cumulative_and_ends_with_all() -> None:
    bounds = [*map(str, LATENCY_BOUNDS_S), "+Inf"]
    assert [of_gate("analysis_latency_seconds_bucket", le=le) for le in bounds] == [1, 3, 3, *[7] * 9, 12]
    assert of_gate("analysis_latency_seconds_count") == 12
    assert of_gate("analysis_latency_seconds_sum") == 70.25


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("nigoh_shard_cpu_seconds_total", {"shard": "shard-1"}, 60.5),
        ("nigoh_shard_restarts_total", {"shard": "shard-2"}, 2),
        ("nigoh_shard_resident_memory_bytes", {"shard": "shard-2"}, 4_000_000),
        ("nigoh_shard_threads", {"shard": "shard-1"}, 7),
        ("nigoh_shard_open_descriptors", {"shard": "shard-1"}, 42),
        ("nigoh_shard_cameras", {"shard": "shard-1"}, 1),
        ("nigoh_engine_start_time_seconds", {}, 1_700_000_000),
        ("nigoh_engine_status_timestamp_seconds", {}, 1_700_000_300),
        ("nigoh_engine_supervisor_cpu_seconds_total", {}, 1.5),
        ("nigoh_engine_supervisor_resident_memory_bytes", {}, 2_000_000),
        ("nigoh_camera_recording_paused", {"camera": "yard", "shard": "shard-2"}, 1),
        ("nigoh_camera_codec_info", {"camera": str(GATE.camera), "shard": "shard-1", "codec": "h264"}, 1),
    ],
)
def test_processes_and_the_rest_are_told(name: str, labels: dict[str, str], value: float) -> None:
    assert samples(ENGINE)[name, frozenset(labels.items())] == value


def test_a_camera_that_moves_between_shards_is_told_by_both() -> None:
    moving = replace(ENGINE, shards=tuple(replace(shard, cameras=(GATE,)) for shard in ENGINE.shards))
    found = [labels for (name, labels) in samples(moving) if name == "nigoh_camera_coverage_ratio"]
    assert len(found) == 2


def test_no_address_and_no_reason_is_told() -> None:
    assert "rtsp" not in exposition(ENGINE)
    assert "10.0.0.5" not in exposition(ENGINE)
    assert "disk" not in exposition(ENGINE)


def test_the_stricter_open_metrics_format_is_right_too() -> None:
    registry = CollectorRegistry()
    registry.register(StatusCollector(lambda: ENGINE))
    text = openmetrics.generate_latest(registry).decode()  # type: ignore[no-untyped-call]  # no types there
    families = list(parse_openmetrics(text))  # type: ignore[no-untyped-call]  # nor there
    assert len(families) == len(list(parse(exposition(ENGINE))))


def test_prometheus_own_check_has_nothing_to_say() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    check = subprocess.run(
        [promtool, "check", "metrics"], input=exposition(ENGINE), capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stdout + check.stderr) == (0, "")


def test_the_document_names_every_metric_and_its_kind() -> None:
    nothing = replace(ENGINE, shards=())
    described = {
        (family.name + ("_total" if family.type == "counter" else ""), family.type)
        for family in StatusCollector(lambda: nothing).describe()
    }
    documented = re.findall(r"^\| `(nigoh_\w+)` \| (\w+) \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert sorted(documented) == sorted(described)


def test_what_the_document_asks_prometheus_exists() -> None:
    queries = "\n".join(re.findall(r"```promql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL))
    told = {name for name, _ in samples(ENGINE)}
    assert queries
    assert set(re.findall(r"nigoh_\w+", queries)) <= told


def test_metrics_are_served_until_the_server_is_left() -> None:
    threads = threading.active_count()
    status = [ENGINE]
    with MetricsServer(lambda: status[-1], port=0) as server:
        status.append(replace(ENGINE, cpu_s=99.0))
        asking = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=10)
        asking.request("GET", urlsplit(server.address).path)
        text = asking.getresponse().read().decode()
        asking.close()
    assert "nigoh_engine_supervisor_cpu_seconds_total 99.0" in text
    assert threading.active_count() == threads
    with MetricsServer(lambda: ENGINE, port=urlsplit(server.address).port or 0):
        pass


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("192.0.2.1", 0), ("no such host", 0)])
def test_a_place_that_cannot_be_served_at_is_refused_with_its_name(host: str, port: int) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"{host}:{port}")):
        MetricsServer(lambda: ENGINE, host, port)


def test_a_port_that_is_taken_is_refused() -> None:
    with MetricsServer(lambda: ENGINE, port=0) as server:
        port = urlsplit(server.address).port or 0
        with pytest.raises(ConfigError, match="already in use"):
            MetricsServer(lambda: ENGINE, port=port)
