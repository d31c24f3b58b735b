"""The control socket: what a running engine answers, and to whom it does not give way."""

import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from nigoh.domain.camera_status import CameraStatus, EngineStatus, LinkState, ShardStatus
from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import LiveOptions, LivePicture
from nigoh.errors import ConfigError, SourceUnavailable
from nigoh.server.control import ControlActions, ControlServer
from nigoh.server.control_client import ControlClient
from nigoh.server.control_messages import socket_path
from nigoh.server.engine_lock import only_engine_of
from nigoh.server.live_views import LiveViews

PATIENCE_S = 20.0
GATE = CameraId("gate")
STATUS = EngineStatus(
    unix_s=2.0,
    started_unix_s=1.0,
    pid=7,
    cpu_s=0.5,
    resident_bytes=10,
    shards=(
        ShardStatus(
            shard="shard-1",
            pid=8,
            cpu_s=0.1,
            resident_bytes=5,
            threads=3,
            descriptors=9,
            cameras=(CameraStatus(camera=GATE, shard="shard-1", state=LinkState.WATCHING, since_unix_s=1.5),),
        ),
    ),
)


@dataclass
class Engine:
    """A control server with an engine behind it that notes what is asked of it."""

    data_dir: Path
    asked: list[tuple[CameraId, LiveOptions | None]] = field(default_factory=list)
    reloads: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    is_wrong: bool = False

    def __post_init__(self) -> None:
        self.views = LiveViews(self._show)
        self.client = ControlClient(self.data_dir)

    def _show(self, camera: CameraId, options: LiveOptions | None) -> bool:
        self.asked.append((camera, options))
        return camera == GATE

    def reload(self) -> None:
        if self.is_wrong:
            raise ConfigError("nigoh.toml, line 3: there is no such key")
        self.reloads += 1

    def server(self) -> ControlServer:
        return ControlServer(self.data_dir, ControlActions(lambda: STATUS, self.reload, self.stopped.set, self.views))

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(PATIENCE_S)
        connection.connect(str(socket_path(self.data_dir)))
        return connection

    def say(self, data: bytes) -> bytes:
        """All that is answered to these bytes until the engine hangs up."""
        with self.connect() as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    built = Engine(tmp_path)
    with built.server():
        yield built


def until(done: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < end_s
        time.sleep(0.01)


@contextmanager
def fed(engine: Engine) -> Iterator[None]:
    """Pictures of the gate, numbered, as long as the block lasts."""
    over = threading.Event()

    def feed() -> None:
        number = 0
        while not over.wait(0.005):
            number += 1
            engine.views.deliver(LivePicture(GATE, b"jpeg %d" % number, float(number)))

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_the_status_arrives_whole(engine: Engine) -> None:
    assert engine.client.status() == STATUS


def test_reload_and_stop_reach_the_engine(engine: Engine) -> None:
    engine.client.reload()
    assert engine.reloads == 1
    engine.is_wrong = True
    with pytest.raises(ConfigError, match="line 3"):
        engine.client.reload()
    engine.client.stop()
    assert engine.stopped.is_set()


def test_only_this_user_may_connect(engine: Engine) -> None:
    assert stat.S_IMODE(socket_path(engine.data_dir).stat().st_mode) == 0o600


def test_without_an_engine_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="no engine answers"):
        ControlClient(tmp_path / "nothing").status()


def test_it_leaves_nothing_behind(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    threads = threading.active_count()
    with engine.server():
        engine.client.status()
    assert not socket_path(tmp_path).exists()
    until(lambda: threading.active_count() == threads)
    with engine.server():
        assert engine.client.status() == STATUS


def test_a_path_longer_than_the_system_takes_works(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30) / ("longer" * 20)
    folder.mkdir(parents=True)
    engine = Engine(folder)
    with engine.server():
        assert engine.client.status() == STATUS


def test_a_second_engine_on_one_folder_is_refused(engine: Engine) -> None:
    with pytest.raises(ConfigError, match="another engine runs"), engine.server():
        pass
    assert engine.client.status() == STATUS, "the first goes on"


def test_the_lock_of_a_folder_is_held_by_one_and_ends_with_it(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from nigoh.server.engine_lock import only_engine_of\n"
    code += "with only_engine_of(Path(sys.argv[1])):\n print('held', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(ConfigError, match="another engine runs"), only_engine_of(tmp_path):
            pass
        other.kill()
    with only_engine_of(tmp_path):
        pass


def test_what_a_killed_engine_left_is_removed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stale:
        stale.bind(str(socket_path(tmp_path)))
    engine = Engine(tmp_path)
    with engine.server():
        assert engine.client.status() == STATUS


def test_a_file_that_is_no_socket_is_never_removed(tmp_path: Path) -> None:
    socket_path(tmp_path).write_text("precious")
    with pytest.raises(ConfigError, match="is not a socket"), Engine(tmp_path).server():
        pass
    assert socket_path(tmp_path).read_text() == "precious"


@pytest.mark.parametrize(
    "garbage",
    [
        b"\n",
        b"hello\n",
        b"{}\n",
        b'{"order": "dance"}\n',
        b'{"order": "status", "extra": 1}\n',
        b'{"order": "live", "camera": "gate", "fps": 1e400}\n',
        b'{"order": "live", "camera": "gate", "long_side_px": -5}\n',
        b'{"order": "live", "camera": 7}\n',
        b"[" * 10_000 + b"\n",
        b"\xff\xfe\x00\n",
        b'{"order": "status"}',
        b"x" * 1_000_000,
    ],
)
def test_garbage_is_answered_with_an_error_and_hurts_nobody(engine: Engine, garbage: bytes) -> None:
    try:
        answer = engine.say(garbage)
    except ConnectionError:
        answer = b'{"error":"hung up"}\n'  # it did not even read all of it
    assert b"error" in msgspec.json.decode(answer) or b"error" in answer
    assert engine.client.status() == STATUS


def test_pictures_are_streamed(engine: Engine) -> None:
    with fed(engine), closing(engine.client.live(GATE, LiveOptions(fps=60.0))) as pictures:
        found = [picture for _, picture in zip(range(20), pictures, strict=False) if picture is not None]
    assert len(found) > 5
    assert [picture.captured_unix_s for picture in found] == sorted({picture.captured_unix_s for picture in found})
    assert found[0].jpeg.startswith(b"jpeg")


def test_viewers_of_one_camera_share_what_is_asked_for_and_the_last_ends_it(engine: Engine) -> None:
    small = LiveOptions(long_side_px=320, fps=10.0, quality=50)
    large = LiveOptions(long_side_px=1280, fps=2.0, quality=80)
    both = LiveOptions(long_side_px=1280, fps=10.0, quality=80)
    with fed(engine):
        with closing(engine.client.live(GATE, small)) as first:
            assert next(first) is not None
            with closing(engine.client.live(GATE, large)) as second:
                assert next(second) is not None
                with closing(engine.client.live(GATE, small)) as third:
                    assert next(third) is not None
        until(lambda: engine.asked[-1] == (GATE, None))
    assert [options for _, options in engine.asked][:2] == [small, both]
    assert all(options in (small, both, large, None) for _, options in engine.asked)
    assert [options for _, options in engine.asked].count(None) == 1


def test_a_camera_that_is_not_there_is_refused(engine: Engine) -> None:
    with pytest.raises(ConfigError, match="there is no camera 'nowhere'"):
        next(engine.client.live(CameraId("nowhere"), LiveOptions()))


def test_a_viewer_that_takes_nothing_holds_nobody_up(engine: Engine) -> None:
    with engine.connect() as slow:
        slow.sendall(b'{"order": "live", "camera": "gate", "fps": 60}\n')
        until(lambda: bool(engine.asked))
        began_s = time.monotonic()
        for number in range(2000):
            engine.views.deliver(LivePicture(GATE, bytes(100_000), float(number)))
        assert time.monotonic() - began_s < PATIENCE_S
        assert engine.client.status() == STATUS


def test_a_camera_without_pictures_keeps_its_viewers(engine: Engine) -> None:
    with closing(engine.client.live(GATE, LiveOptions())) as pictures:
        assert next(pictures) is None
        engine.views.deliver(LivePicture(GATE, b"jpeg", 1.0))
        assert any(picture is not None for _, picture in zip(range(5), pictures, strict=False))


def test_a_slow_viewer_gets_no_more_pictures_than_it_asked_for(engine: Engine) -> None:
    with engine.views.look(GATE, LiveOptions(fps=2.0)) as viewer:
        taken = []
        for number in range(40):
            engine.views.deliver(LivePicture(GATE, b"jpeg", number / 10))
            if (picture := viewer.take(0)) is not None:
                taken.append(picture.captured_unix_s)
    assert 7 <= len(taken) <= 9, taken


def test_too_many_clients_are_turned_away_and_later_ones_served_again(engine: Engine) -> None:
    with ExitStack() as crowd:
        refused = 0
        for client in [crowd.enter_context(engine.connect()) for _ in range(60)]:
            client.settimeout(0.05)
            with suppress(OSError):
                refused += b"too many" in client.recv(1000)
        assert refused >= 20

    def is_served() -> bool:
        try:
            return engine.client.status() == STATUS
        except ConfigError:
            return False

    until(is_served)


def test_the_end_of_the_engine_ends_its_viewers(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    with engine.server():
        pictures = engine.client.live(GATE, LiveOptions())
        assert next(pictures) is None
    assert [picture for picture in pictures if picture is not None] == []


def test_descriptors_do_not_grow(engine: Engine) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    engine.client.status()
    before = descriptors()
    for _ in range(50):
        engine.client.status()
        engine.say(b"garbage\n")
    until(lambda: descriptors() <= before)
