"""`nigoh up` as a user runs it: simulated cameras, real faces, real processes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.camera_status import CameraStatus, EngineStatus, LinkState
from nigoh.domain.sighting import CameraId, Status
from nigoh.engine.shard_seam import LiveOptions
from nigoh.errors import NigohError
from nigoh.server.control_client import ControlClient
from nigoh.testing.farm import Fault, FaultKind
from nigoh.testing.farm.process import FarmProcess

PATIENCE_S = 90.0
OBAMA = "Barack Obama"
FARM = ("--cameras", "3", "--people", "1", "--face-share", "0.5", "--size", "640x360", "--fps", "10", "--gop", "10")


@pytest.fixture(scope="module")
def people(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Who appears, and who is known: the same person on other photos."""
    faces, known = tmp_path_factory.mktemp("faces"), tmp_path_factory.mktemp("known")
    for folder, photo in ((faces, "obama3.jpg"), (known, "obama.jpg")):
        (folder / OBAMA).mkdir()
        shutil.copy(shared_data / "photos/portraits" / photo, folder / OBAMA / "1.jpg")
    return faces, known


@pytest.fixture(scope="module")
def farm(people: tuple[Path, Path]) -> Iterator[FarmProcess]:
    with FarmProcess([*FARM, "--faces", str(people[0])]) as running:
        yield running


class Engine:
    """A folder with a configuration, and the engine that runs on it."""

    def __init__(self, folder: Path, known: Path) -> None:
        self.folder = folder
        self.known = known
        self.data_dir = folder / "data"
        self.client = ControlClient(self.data_dir)
        self.process: subprocess.Popen[str]

    def configure(self, cameras: dict[str, str], out: str = "sightings.jsonl") -> None:
        text = f'[engine]\ndata_dir = "data"\nshards = 2\nout = "{out}"\ncrops = "crops"\nmetrics = ""\n'
        text += f'[watch]\nknown = "{self.known}"\n'
        for name, url in cameras.items():
            text += f'[[cameras]]\nname = "{name}"\nurl = "{url}"\n'
        (self.folder / "nigoh.toml").write_text(text)

    @contextmanager
    def running(self, *arguments: str) -> Iterator[None]:
        command = [sys.executable, "-m", "nigoh", "up", "--config", str(self.folder / "nigoh.toml"), *arguments]
        with (
            (self.folder / "said").open("w") as said,
            subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, text=True) as self.process,
        ):
            try:
                yield
            finally:
                self.process.kill()

    def said(self) -> str:
        return (self.folder / "said").read_text()

    def status(self) -> EngineStatus | None:
        try:
            return self.client.status()
        except NigohError:
            return None

    def cameras(self) -> dict[str, CameraStatus]:
        status = self.status()
        return {each.camera: each for shard in status.shards for each in shard.cameras} if status else {}

    def states(self) -> dict[str, LinkState]:
        return {name: status.state for name, status in self.cameras().items()}

    def sightings(self) -> list[CameraSighting]:
        path = self.folder / "sightings.jsonl"
        lines = path.read_bytes().splitlines() if path.exists() else []
        return [msgspec.json.decode(line, type=CameraSighting) for line in lines]

    def until(self, done: Callable[[], bool]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < end_s, self.said()
            assert self.process.poll() is None, self.said()
            time.sleep(0.05)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def engine(tmp_path: Path, people: tuple[Path, Path]) -> Engine:
    return Engine(tmp_path, people[1])


def urls_of(farm: FarmProcess) -> dict[str, str]:
    return {f"cam-{number}": url for number, url in enumerate(farm.place.urls)}


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_names_who_appears_and_ends_when_it_is_told(
    engine: Engine, farm: FarmProcess, told: signal.Signals
) -> None:
    engine.configure({**urls_of(farm), "gone": "rtsp://admin:s3cret@127.0.0.1:9/stream"})
    with engine.running():
        engine.until(lambda: any(each.sighting.person == OBAMA for each in engine.sightings()))
        engine.until(lambda: engine.states().get("gone") in (LinkState.RETRYING, LinkState.CONNECTING))
        engine.until(lambda: f"{OBAMA}  " in engine.said() and "gone  retrying" in engine.said())
        assert engine.end(told) == 0
    said = engine.said()
    assert "refuses connections" in said
    assert "s3cret" not in said
    assert "Traceback" not in said
    stages = {each.id: each.stage for each in engine.sightings()}
    assert set(stages.values()) == {Stage.LEFT}, "every track that has appeared has left in the end"
    assert {each.sighting.status for each in engine.sightings()} <= {Status.KNOWN, Status.UNKNOWN}
    assert len(list((engine.folder / "crops").rglob("*.jpg"))) == len(stages)
    assert not (engine.data_dir / "control.sock").exists()


def test_after_kill_9_of_a_shard_its_cameras_run_again_and_counts_go_on(engine: Engine, farm: FarmProcess) -> None:
    engine.configure(urls_of(farm))
    with engine.running():
        engine.until(lambda: list(engine.states().values()) == [LinkState.WATCHING] * 3)
        engine.until(lambda: all(status.counts.analysed >= 2 for status in engine.cameras().values()))
        before, first = engine.cameras(), engine.status()
        assert first is not None
        os.kill(first.shards[0].pid, signal.SIGKILL)

        def is_back() -> bool:
            status = engine.status()
            states = list(engine.states().values())
            return status is not None and status.shards[0].restarts == 1 and states == [LinkState.WATCHING] * 3

        engine.until(is_back)
        for name, status in engine.cameras().items():
            assert status.counts.received >= before[name].counts.received
            assert status.counts.analysed >= before[name].counts.analysed
        second = engine.status()
        assert second is not None
        assert second.shards[0].pid != first.shards[0].pid
        assert second.shards[1].pid == first.shards[1].pid, "the other shard did not notice"
        assert engine.end() == 0
    assert "its process was ended by SIGKILL" in engine.said()


def test_a_changed_configuration_is_taken_over_and_a_wrong_one_is_not(engine: Engine, farm: FarmProcess) -> None:
    urls = urls_of(farm)
    engine.configure({"cam-0": urls["cam-0"]})
    with engine.running("--quiet"):
        engine.until(lambda: engine.states() == {"cam-0": LinkState.WATCHING})
        good = (engine.folder / "nigoh.toml").read_text()
        (engine.folder / "nigoh.toml").write_text(good + "colour = 1\n")
        engine.until(lambda: "goes on with the configuration that it has" in engine.said())
        assert engine.states() == {"cam-0": LinkState.WATCHING}
        engine.configure({"cam-1": urls["cam-1"], "cam-2": urls["cam-2"]})
        engine.until(lambda: engine.states() == {"cam-1": LinkState.WATCHING, "cam-2": LinkState.WATCHING})
        assert engine.end() == 0


def test_it_obeys_its_control_socket(engine: Engine, farm: FarmProcess) -> None:
    engine.configure(urls_of(farm))
    with engine.running():
        engine.until(lambda: engine.states().get("cam-0") is LinkState.WATCHING)
        pictures = engine.client.live(CameraId("cam-0"), LiveOptions(long_side_px=320))
        jpeg = next(picture.jpeg for picture in pictures if picture is not None)
        assert jpeg.startswith(b"\xff\xd8")
        pictures.close()
        engine.client.reload()
        engine.client.stop()
        assert engine.process.wait(PATIENCE_S) == 0


def test_a_second_engine_on_one_folder_is_refused(engine: Engine, farm: FarmProcess) -> None:
    engine.configure({"cam-0": urls_of(farm)["cam-0"]})
    with engine.running():
        engine.until(lambda: engine.status() is not None)
        command = [sys.executable, "-m", "nigoh", "up", "--config", str(engine.folder / "nigoh.toml")]
        second = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert second.returncode == 2
        assert "another engine runs" in second.stderr
        assert engine.status() is not None


def test_a_full_disk_is_said_once_and_recognition_goes_on(engine: Engine, farm: FarmProcess) -> None:
    engine.configure(urls_of(farm), out="/dev/full")
    with engine.running():
        engine.until(lambda: engine.said().count(f"{OBAMA}  ") >= 2)
        assert engine.end() == 0
    assert engine.said().count("the disk is full") == 1
    assert "sightings could not be written" in engine.said()


def test_a_camera_that_fails_and_returns_is_told_with_its_reason(engine: Engine, farm: FarmProcess) -> None:
    engine.configure(urls_of(farm))
    with engine.running():
        engine.until(lambda: list(engine.states().values()) == [LinkState.WATCHING] * 3)
        farm.disturb(Fault(FaultKind.REFUSE, camera=1))
        engine.until(lambda: "cam-0  retrying" in engine.said())
        others = {name: state for name, state in engine.states().items() if name != "cam-0"}
        farm.clear()
        assert set(others.values()) == {LinkState.WATCHING}
        engine.until(lambda: engine.said().count("cam-0  watching") == 2)
        assert "next try" in engine.said()
        assert engine.end() == 0


def test_it_ends_after_the_seconds_it_was_given(engine: Engine, farm: FarmProcess) -> None:
    engine.configure({"cam-0": urls_of(farm)["cam-0"]})
    with engine.running("--seconds", "1"):
        assert engine.process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[cameras]]\nname = 'a'\n", "line 1: cameras[0].url"),
        ("[engine\n", "line 1"),
        ("[engine]\ndata_dir = 'data'\nmetrics = ''\nout = 'nowhere/sightings.jsonl'\n", "nowhere/sightings.jsonl"),
        ("[engine]\ndata_dir = 'data'\nmetrics = ''\n[watch]\nknown = 'nowhere'\n", "nowhere"),
        ("[engine]\ndata_dir = 'nigoh.toml'\n", "nigoh.toml cannot be written"),
    ],
)
def test_a_wrong_configuration_is_refused_with_one_line(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "nigoh.toml"
    path.write_text(text)
    command = [sys.executable, "-m", "nigoh", "up", "--config", str(path), "--seconds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 2
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
