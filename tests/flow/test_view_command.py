"""`nigoh view`, from a camera's picture through the engine's control socket to a file or a window."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from nigoh.cli.main import nigoh
from nigoh.cli.view import command, show_pictures
from nigoh.domain.camera_status import EngineStatus
from nigoh.domain.frame import Pixels
from nigoh.domain.language import Language, Words
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.engine.camera_watch import SeenFace
from nigoh.engine.live_view import LiveView
from nigoh.engine.shard_seam import LiveOptions, LivePicture, News
from nigoh.errors import ConfigError, OutputError, SourceUnavailable
from nigoh.server.control import ControlActions, ControlServer
from nigoh.server.control_client import ControlClient
from nigoh.server.live_views import LiveViews
from nigoh.ui.painter import LiveAnnotator
from nigoh.video.overlay import Colour

GATE, DARK = CameraId("gate"), CameraId("dark")
ANNA = SeenFace(1, (600.0, 200.0, 720.0, 320.0), 0.9, Status.KNOWN, PersonId("Anna"), 0.61)


class Engine:
    """A live view behind a control socket, with a camera that sends pictures and one that sends none."""

    def __init__(self, folder: Path) -> None:
        self.views = LiveViews(self._show)
        self.view = LiveView(LiveAnnotator(Words(language=Language.ENGLISH)), self._tell, lambda at_s: 1e9 + at_s)
        actions = ControlActions(
            status=lambda: EngineStatus(unix_s=0, started_unix_s=0, pid=1, cpu_s=0, resident_bytes=0),
            reload=lambda: None,
            stop=lambda: None,
            views=self.views,
        )
        self.server = ControlServer(folder, actions)
        self.over = threading.Event()
        self.asked: list[LiveOptions | None] = []
        self.camera = threading.Thread(target=self._send)

    def _show(self, camera: CameraId, options: LiveOptions | None) -> bool:
        self.asked.append(options)
        self.view.show(camera, options)
        return camera in {GATE, DARK}

    def _tell(self, news: News) -> None:
        assert isinstance(news, LivePicture)
        self.views.deliver(news)

    def _send(self) -> None:
        pixels = np.full((720, 1280, 3), 90, np.uint8)
        frame, number = av.VideoFrame.from_ndarray(pixels, "bgr24").reformat(format="yuv420p"), 0
        while not self.over.wait(0.02):
            number += 1
            self.view.seen(GATE, [ANNA], number / 25)
            if self.view.wants(GATE, number / 25):
                self.view.offer(GATE, frame, number / 25)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path)
    with engine.server, engine.view:
        engine.camera.start()
        yield engine
        engine.over.set()
        engine.camera.join(10)


def view(*arguments: str) -> None:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=False)
    assert result.exit_code == 0, result.output


def test_one_picture_is_written_with_the_face_s_box(engine: Engine, tmp_path: Path) -> None:
    out = tmp_path / "gate.jpg"
    view("gate", "--data-dir", str(tmp_path), "--out", str(out), "--size", "320")
    pixels = cv2.imread(str(out))
    assert pixels is not None
    assert pixels.shape == (180, 320, 3)
    assert np.abs(pixels[65, 150].astype(int) - Colour.GREEN.value).max() < 50, "a quarter of 600 px"
    assert engine.asked[0] == LiveOptions(long_side_px=320, fps=5.0)


class ThreeLooks:
    """A screen whose user closes it after three pictures of the camera."""

    def __init__(self) -> None:
        self.shown: list[Pixels] = []

    def show(self, pixels: Pixels) -> bool:
        self.shown.append(pixels)
        return len(self.shown) < 4


@pytest.mark.usefixtures("engine")
def test_a_window_shows_pictures_until_it_is_closed(tmp_path: Path) -> None:
    screen = ThreeLooks()
    show_pictures(ControlClient(tmp_path).live(GATE, LiveOptions(fps=25)), screen, 640, None)
    assert [pixels.shape for pixels in screen.shown] == [(360, 640, 3)] * 4
    assert screen.shown[0].max() == 0
    assert all(abs(int(pixels[50, 50, 0]) - 90) < 10 for pixels in screen.shown[1:])


@pytest.mark.usefixtures("engine")
def test_the_preview_window_closes_after_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pygame", reason="the extra 'window' is not installed")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    view("gate", "--data-dir", str(tmp_path), "--seconds", "0.2")


def test_a_view_that_ends_is_no_longer_asked_for(engine: Engine, tmp_path: Path) -> None:
    view("gate", "--data-dir", str(tmp_path), "--out", str(tmp_path / "a.jpg"), "--fps", "20")
    deadline_s = time.monotonic() + 20
    while engine.asked[-1] is not None and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert engine.asked == [LiveOptions(fps=20.0), None]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("camera", "out", "error", "says"),
    [
        ("nobody", "a.jpg", ConfigError, "there is no camera 'nobody'"),
        ("dark", "a.jpg", SourceUnavailable, "camera 'dark' showed no picture in time. See how it is: nigoh top"),
        ("gate", "missing/a.jpg", OutputError, "missing/a.jpg cannot be written"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_line(
    camera: str, out: str, error: type[Exception], says: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=says):
        view(camera, "--data-dir", str(tmp_path), "--out", str(tmp_path / out), "--seconds", "0.5")


def test_without_an_engine_it_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="nigoh up"):
        view("gate", "--data-dir", str(tmp_path), "--out", str(tmp_path / "a.jpg"))


def test_when_the_engine_ends_the_view_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    show_pictures(iter([None]), ThreeLooks(), 64, None)
    assert "the engine has ended" in capfd.readouterr().err


def test_the_command_is_listed() -> None:
    assert "view" in CliRunner().invoke(nigoh, ["--help"]).output
