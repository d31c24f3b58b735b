"""`nigoh watch` as a user runs it: what it prints, writes, refuses, and how it ends."""

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from nigoh.cli.main import main
from nigoh.config.environment import read_folders

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
    (folder / "Torn.jpg").write_text("torn")
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
    assert "Torn.jpg: unreadable (not enrolled): is not a photo that can be read. Save it" in printed.err
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
        (["{clip}", "--accept-licence", "absent"], "there is no 'absent'"),
        (["{clip}", "--start", "5", "--end", "2"], "not after"),
        (["97"], "97"),
        (["rtsp://user:s3cr3t@127.0.0.1:9/stream"], "127.0.0.1:9"),
        (["http://user:s3cr3t@127.0.0.1:9/mjpg"], "127.0.0.1:9"),
        (["gopher://127.0.0.1/x"], "gopher"),
        (["user:s3cr3t@127.0.0.1:554/stream"], "neither a file nor a URL"),
        (["http:/user:s3cr3t@127.0.0.1/mjpg"], "neither a file nor a URL"),
        ([""], "the source's name is empty"),
        (["x" * 5000], "File name too long"),
        (["{clip}", "--known", "x" * 5000], "File name too long"),
        (["{clip}", "--out", "x" * 5000], "File name too long"),
        (["{clip}", "--known", ""], "--known"),
        (["{clip}", "--crops", ""], "--crops"),
        (["{clip}", "--out", "{folder}/x.mp4", "--annotate", "{folder}/x.mp4"], "both sightings and video"),
        (["{clip}", "--nope"], "Try: nigoh watch --help"),
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
    (complaint,) = printed.err.splitlines()
    assert complaint.startswith("error: ")
    assert message in complaint
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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_what_cannot_be_kept_is_still_shown(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("watch", clip, "--max-frames", 4, "--out", "/dev/full") == 2
    printed = capsys.readouterr()
    assert "Unknown" in printed.out, "the table of what was found"
    assert printed.err.splitlines()[-1].startswith("error: /dev/full cannot be written")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_terminal_that_takes_nothing_is_an_error_in_words(clip: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "nigoh", "watch", str(clip), "--max-frames", "1"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("error: standard output: No space left on device")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("wrong", ["out", "annotate", "crops"])
def test_earlier_results_outlive_an_output_that_cannot_be_opened(wrong: str, clip: Path, tmp_path: Path) -> None:
    places = {"out": tmp_path / "a.jsonl", "annotate": tmp_path / "a.mp4", "crops": tmp_path / "crops"}
    earlier = [path for name, path in places.items() if name not in {wrong, "crops"}]
    for path in earlier:
        path.write_text("earlier")
    places[wrong] = Path("/dev/null/x.mp4")
    options = [text for name, path in places.items() for text in (f"--{name}", path)]
    assert _run("watch", clip, *options) == 2
    assert [path.read_text() for path in earlier] == ["earlier"] * len(earlier)


def test_closed_streams_are_no_obstacle(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    command = shlex.join([sys.executable, "-m", "nigoh", "watch", str(clip), "--max-frames", "4", "--out", str(out)])
    ended = subprocess.run(["/bin/sh", "-c", f"{command} >&- 2>&-"], timeout=120, check=False)
    assert ended.returncode == 0
    assert out.stat().st_size > 0


def test_nothing_is_sent_and_nothing_is_left_in_the_home_folder(clip: Path, tmp_path: Path) -> None:
    cache = {"NIGOH_CACHE": str(read_folders().cache)}
    home = tmp_path / "home"
    home.mkdir()
    watched = f"""
import sys
sys.addaudithook(lambda event, _: event.startswith("socket.") and sys.stderr.write(event))
from nigoh.cli.main import main
main(["watch", {str(clip)!r}, "--max-frames", "1", "--quiet"])
"""
    ended = subprocess.run(
        [sys.executable, "-c", watched], env=os.environ | cache | {"HOME": str(home)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert not list(home.iterdir())


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("watch", "--help") == 0
    text = capsys.readouterr().out
    for option in ("--known", "--wanted", "--out", "--annotate", "--crops", "--show", "--lang", "--every", "--fps",
                   "--max-frames", "--start", "--end", "--detect-size", "--false-alarms", "--transport"):  # fmt: skip
        assert option in text
