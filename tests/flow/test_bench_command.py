"""`nigoh bench cameras` as a user runs it: real cameras, the real engine, real faces, for some seconds."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nigoh.cli.main import main

SMALL = ("--size", "320x180", "--fps", "10", "--gop", "10", "--bitrate", "300k", "--face-px", "50:70")
SHORT = ("--cameras", "3", "--seconds", "8", "--warmup", "2", "--face-share", "0.5")
DEADLINE_S = 300
KEYS = {
    *("cameras", "seconds", "analysed_fps_min", "analysed_fps_median", "engine_cores", "farm_cores", "engine_rss_mb"),
    *("appearances", "found", "wrong_names", "latency_p50_s", "latency_p95_s", "coverage", "drops"),
}


@pytest.fixture
def people(shared_data: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Portraits that walk past, and another photo of the same person to know them by."""
    faces, known = tmp_path / "faces", tmp_path / "known"
    photos = shared_data / "photos" / "portraits"
    for folder, photo in ((faces, "obama3.jpg"), (known, "obama.jpg")):
        folder.mkdir()
        shutil.copy(photos / photo, folder / "Barack Obama.jpg")
    return faces, known


def leftovers(marker: str) -> list[str]:
    """Command lines of running processes that hold a text."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it has ended since
        if marker in line:
            found.append(line)
    return found


def test_a_bench_says_what_the_engine_costs_finds_and_misses(people: tuple[Path, Path], tmp_path: Path) -> None:
    faces, known = people
    command = [sys.executable, "-m", "nigoh", "bench", "cameras", *SHORT, *SMALL, "--json", "-"]
    environment = {**os.environ, "NIGOH_CACHE": str(tmp_path / "cache"), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [*command, "--faces", str(faces), "--known", str(known)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report.keys() >= KEYS
    assert (report["cameras"], report["watching"], report["restarts"]) == (3, 3, 0)
    assert report["seconds"] == pytest.approx(8, abs=3)
    assert report["books_balance"] is True
    assert report["analysed_fps_min"] > 0
    assert report["engine_cores"] > 0
    assert report["farm_cores"] > 0
    assert report["engine_rss_mb"] > report["engine_pss_mb"] > 0
    assert 0 < report["coverage_least"] <= report["coverage"] <= 1
    assert 1 <= report["found"] <= report["appearances"]
    assert len(report["missed"]) == report["appearances"] - report["found"]
    assert report["wrong_names"] == 0
    assert 0 < report["latency_p50_s"] <= report["latency_p95_s"]
    assert report["options"]["size"] == "320x180"
    assert report["machine"]["cores"] >= 1
    assert "known people found" in done.stderr
    assert leftovers(str(tmp_path)) == [], "no process is left behind"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--cameras", "0"), "cameras 0 is impossible"),
        (("--seconds", "0"), "seconds 0 is impossible"),
        (("--warmup", "-1"), "warmup -1 is impossible"),
        (("--faces", "{tmp}/nobody"), "nobody"),
        (("--json", "{tmp}/no/such/folder.json"), "lies in a folder that does not exist"),
        (("--find-max", "--cameras", "5", "--most", "4"), "cameras 5 is more than the most, 4"),
        (("--mode", "always"), "Invalid value for '--mode'"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(
    arguments: tuple[str, ...],
    complaint: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NIGOH_CACHE", str(tmp_path / "cache"))
    faces = tmp_path / "faces"
    faces.mkdir()
    given = [argument.format(tmp=tmp_path) for argument in arguments]
    with pytest.raises(SystemExit) as left:
        main(["bench", "cameras", "--faces", str(faces), *given])
    assert left.value.code == 2
    said = capfd.readouterr().err
    assert complaint in said
    assert "Traceback" not in said
