"""The examples run as their first lines say, and do what they say."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def portraits(shared_data: Path) -> Path:
    return shared_data / "photos" / "portraits"


@pytest.fixture
def clip(shared_data: Path) -> Path:
    return shared_data / "videos" / "short_hamilton_clip.mp4"


@pytest.fixture
def known(portraits: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "known_faces"
    folder.mkdir()
    (folder / "obama.jpg").write_bytes((portraits / "obama.jpg").read_bytes())
    (folder / "miranda.png").write_bytes((portraits / "lin-manuel-miranda.png").read_bytes())
    return folder


class Webhook(HTTPServer):
    """Keeps what is posted to it."""

    def __init__(self) -> None:
        self.received: list[dict[str, object]] = []
        super().__init__(("127.0.0.1", 0), _Receiver)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/alerts"


class _Receiver(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: a test's output is its own."""


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)


def run(example: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / example), *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def test_a_webhook_hears_of_the_wanted_person_and_of_nobody_else(clip: Path, known: Path, webhook: Webhook) -> None:
    done = run("wanted_webhook.py", clip, known, "obama", webhook.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert webhook.received
    assert {(each["status"], each["person"]) for each in webhook.received} == {("wanted", "obama")}


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [("obama.jpg", "obama2.jpg", "one person"), ("obama.jpg", "biden.jpg", "two people")],
)
def test_two_photos_are_compared(portraits: Path, first: str, second: str, verdict: str) -> None:
    done = run("compare_photos.py", portraits / first, portraits / second)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{verdict}: similarity 0.")


def test_a_photo_without_a_face_is_named(portraits: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.jpg"
    nothing.write_bytes(b"no photo")
    done = run("compare_photos.py", portraits / "obama.jpg", nothing)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{nothing}: ")


def test_the_classic_script_names_who_is_in_the_picture(clip: Path, known: Path) -> None:
    done = run("classic_script.py", clip, known)
    assert done.returncode == 0
    assert "miranda" in done.stdout
    assert "obama" in done.stdout.splitlines()[-1], "the clip ends with him in the picture"


def test_there_is_a_test_for_each_example() -> None:
    tested = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in EXAMPLES.glob("*.py") if f'"{path.name}"' not in tested] == []
