"""`nigoh watch` as a user runs it: what it prints, writes, refuses, and how it ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from nigoh.cli.main import main

_FIELDS = {
    "type", "camera", "track", "status", "person", "score", "threshold", "first_s", "last_s", "frames", "best",
    "model",
}  # fmt: skip


@pytest.fixture(scope="module")
def known(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known")
    portraits = shared_data / "photos" / "portraits"
    (folder / "Oʻktam.png").write_bytes((portraits / "lin-manuel-miranda.png").read_bytes())
    (folder / "Barack.jpg").write_bytes((portraits / "obama.jpg").read_bytes())
    cv2.imwrite(str(folder / "Nobody.jpg"), np.full((200, 200, 3), 127, np.uint8))
    return folder


@pytest.fixture
def clip(shared_data: Path) -> Path:
    return shared_data / "videos" / "short_hamilton_clip.mp4"


def _run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(str(ended.value.code))


def test_everything_at_once(known: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, video, crops = tmp_path / "sightings.jsonl", tmp_path / "out.mp4", tmp_path / "crops"
    code = _run(
        "watch", clip, "--known", known, "--out", out, "--annotate", video, "--crops", crops, "--fps", 5,
        "--lang", "uz", "--wanted", "Barack",
    )  # fmt: skip
    assert code == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert all(set(line) >= _FIELDS for line in lines)
    assert {line["type"] for line in lines} == {"sighting"}
    assert {(line["status"], line["person"]) for line in lines} == {
        ("known", "Oʻktam"), ("wanted", "Barack"), ("unknown", None),
    }  # fmt: skip
    assert all(set(line["best"]) == {"t_s", "box", "quality"} and len(line["best"]["box"]) == 4 for line in lines)
    with av.open(video) as made, av.open(clip) as source:
        assert (made.streams.video[0].width, made.streams.video[0].height) == (640, 360)
        assert made.streams.video[0].frames == source.streams.video[0].frames == 275
    pictures = sorted(crops.iterdir())
    assert len(pictures) == len(lines)
    assert all(cv2.imdecode(np.fromfile(each, np.uint8), cv2.IMREAD_COLOR) is not None for each in pictures)
    printed = capsys.readouterr()
    assert "Izlanayotgan inson: Barack" in printed.out
    assert "Boshqa inson" in printed.out
    assert "Oʻktam" in printed.out
    assert "Nobody.jpg: no face (not enrolled)" in printed.err
    assert "Izlanayotgan inson: Barack" in printed.err, "said as soon as it is decided"


def test_quiet_prints_nothing_but_complaints(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("watch", clip, "--quiet", "--max-frames", 2) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")


def test_ctrl_c_ends_with_what_was_found(known: Path, shared_data: Path, tmp_path: Path) -> None:
    clip, out, video = tmp_path / "long.mp4", tmp_path / "out.jsonl", tmp_path / "out.mp4"
    _repeat(shared_data / "videos" / "pyfeat_single_face.mp4", clip, times=60)
    process = subprocess.Popen(
        [sys.executable, "-m", "nigoh", "watch", clip, "--known", known, "--out", out, "--annotate", video],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "Unknown" in line:
            break
    process.send_signal(signal.SIGINT)
    output, rest = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in rest
    assert "Sightings" in output
    (line,) = out.read_text("utf-8").splitlines()
    assert json.loads(line)["status"] == "unknown"
    with av.open(video) as made:
        assert sum(1 for _ in made.decode(video=0)) > 0


def _repeat(source: Path, target: Path, times: int) -> None:
    """A long file: the packets of a short one, over and over."""
    with av.open(target, "w") as made:
        offset, stream = 0, None
        for _ in range(times):
            with av.open(source) as container:
                template = container.streams.video[0]
                stream = stream or made.add_stream_from_template(template)
                last = 0
                for packet in container.demux(template):
                    if packet.dts is None or packet.pts is None:
                        continue
                    last = max(last, packet.pts + (packet.duration or 1))
                    packet.pts, packet.dts, packet.stream = packet.pts + offset, packet.dts + offset, stream
                    made.mux(packet)
                offset += last


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.mp4"], "absent.mp4 does not exist"),
        (["{text}"], "text.mp4"),
        (["{empty}"], "empty"),
        (["{clip}", "--known", "absent"], "folder of known faces absent does not exist"),
        (["{clip}", "--known", "{folder}"], "holds no photos"),
        (["{clip}", "--out", "absent/out.jsonl"], "absent/out.jsonl cannot be written"),
        (["{clip}", "--annotate", "absent/out.mp4"], "absent/out.mp4"),
        (["{clip}", "--annotate", "{folder}/out.xyz"], "out.xyz"),
        (["{clip}", "--crops", "{text}"], "text.mp4 cannot be written"),
        (["{clip}", "--wanted", "Anna"], "wanted: Anna is not among the known faces"),
        (["{clip}", "--every", "0"], "setting every"),
        (["{clip}", "--every", "x"], "'x' is not a valid integer"),
        (["{clip}", "--device", "toaster"], "toaster"),
        (["{clip}", "--embedder", "absent"], "absent"),
        (["{clip}", "--start", "5", "--end", "2"], "not after"),
        (["97"], "97"),
        (["rtsp://user:s3cr3t@127.0.0.1:9/stream"], "127.0.0.1:9"),
        (["http://user:s3cr3t@127.0.0.1:9/mjpg"], "127.0.0.1:9"),
        (["gopher://127.0.0.1/x"], "gopher"),
    ],
)
def test_what_cannot_work_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, clip: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.mp4").write_text("this is no video\n" * 100)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "folder").mkdir()
    places = {
        "text": tmp_path / "text.mp4",
        "empty": tmp_path / "empty.mp4",
        "folder": tmp_path / "folder",
        "clip": clip,
    }
    assert _run("watch", *(argument.format(**places) for argument in arguments)) == 2
    printed = capfd.readouterr()
    complaints = [line for line in printed.err.splitlines() if line.startswith("error: ")]
    assert len(complaints) in {1, 2}, printed.err
    assert message in complaints[0]
    assert "Traceback" not in printed.err
    assert "s3cr3t" not in printed.err + printed.out


@pytest.mark.parametrize("option", ["--out", "--annotate"])
def test_a_result_is_never_written_over_the_source(
    option: str, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "clip.mp4"
    copy.write_bytes(clip.read_bytes())
    assert _run("watch", copy, option, tmp_path / "." / "clip.mp4") == 2
    assert "is the source itself" in capsys.readouterr().err
    assert copy.read_bytes() == clip.read_bytes()


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("watch", "--help") == 0
    text = capsys.readouterr().out
    for option in ("--known", "--wanted", "--out", "--annotate", "--crops", "--show", "--lang", "--every", "--fps",
                   "--max-frames", "--start", "--end", "--detect-size", "--false-alarms", "--transport"):  # fmt: skip
        assert option in text
