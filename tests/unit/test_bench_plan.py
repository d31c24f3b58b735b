"""The configuration that a benchmark writes is one that the engine reads, and its farm is the one asked for."""

from pathlib import Path

import pytest

from nigoh.cli.bench_plan import BenchPlan, People, Watching, cameras_at, engine_file, farm_arguments
from nigoh.cli.farm import command as farm_command
from nigoh.config.engine_file import parse_engine_file
from nigoh.domain.camera import Mode, Priority
from nigoh.errors import ConfigError
from nigoh.testing.clip_options import ClipOptions, RateControl, VideoCodec
from nigoh.testing.farm.options import FarmOptions

URLS = [f"rtsp://127.0.0.1:40123/cam{number:03}" for number in range(1, 4)]


def test_the_engine_reads_what_was_planned(tmp_path: Path) -> None:
    watching = Watching(
        mode=Mode.FULL, fps=2.0, burst_fps=7.0, still_s=3.0, shards=2, detect_size_px=640, wanted_first=1
    )
    known = tmp_path / 'known "faces"'
    known.mkdir()
    cameras = cameras_at(URLS, watching)
    text = engine_file(tmp_path / "data", tmp_path / "out.jsonl", known, watching, cameras)
    settings = parse_engine_file(text, tmp_path / "nigoh.toml")
    assert settings.cameras == cameras
    assert [camera.priority for camera in settings.cameras] == [Priority.HIGH, Priority.NORMAL, Priority.NORMAL]
    assert [camera.name for camera in settings.cameras] == ["cam001", "cam002", "cam003"]
    assert (settings.engine.shards, settings.engine.out) == (2, tmp_path / "out.jsonl")
    assert settings.engine.metrics_endpoint is None
    assert (settings.vision.detect_size_px, settings.watch.known) == (640, known)


def test_the_farm_is_the_one_that_was_planned(tmp_path: Path) -> None:
    picture = ClipOptions(
        width_px=320,
        height_px=180,
        fps=29.97,
        gop=60,
        bitrate=300_000,
        rate_control=RateControl.VARIABLE,
        codec=VideoCodec.H265,
        noise=0.005,
        face_px=(30.0, 60.5),
    )
    farm = FarmOptions(cameras=7, picture=picture, people=3, face_share=0.3, still_share=0.9, seed=5)
    plan = BenchPlan(farm=farm, people=People(tmp_path / "faces", tmp_path / "known"))
    given = farm_command.make_context("farm", farm_arguments(plan, tmp_path / "truth.jsonl")).params
    assert (given["cameras"], given["people"], given["face_share"], given["still"], given["seed"]) == (
        7,
        3,
        0.3,
        0.9,
        5,
    )
    assert (given["size"], given["fps"], given["gop"], given["bitrate"]) == ((320, 180), 29.97, 60, 300_000)
    assert (given["rate"], given["codec"], given["noise"]) == ("variable", "h265", 0.005)
    assert (given["face_px"], given["faces"], given["truth"]) == (
        (30.0, 60.5),
        tmp_path / "faces",
        tmp_path / "truth.jsonl",
    )


@pytest.mark.parametrize(
    ("seconds", "warmup_s", "name"), [(0.5, 1, "seconds"), (float("nan"), 1, "seconds"), (5, -1, "warmup")]
)
def test_impossible_times_are_refused(seconds: float, warmup_s: float, name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"{name} .* is impossible"):
        BenchPlan(farm=FarmOptions(), people=People(tmp_path, tmp_path), warmup_s=warmup_s, seconds=seconds)
