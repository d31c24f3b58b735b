"""What the lean receiver does with cameras that redirect, forget, fall silent, lie or break off."""

import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError, SourceError, SourceUnavailable
from nigoh.video.access_unit import AccessUnit, Assemble
from nigoh.video.rtsp.errors import Garbled, NotSpoken
from nigoh.video.rtsp.receiver import Receiver
from nigoh.video.rtsp.reception import ReceptionOptions
from nigoh.video.rtsp.session_description import VideoTrack

DEADLINE_S = 15.0
PASSWORD = "s3cret"  # noqa: S105 - of a camera that lives for one test
DESCRIPTION = "v=0\r\ns=x\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
QUICK = ReceptionOptions(read_timeout_s=0.4)


def packets(count: int) -> list[bytes]:
    """Pictures of a packet each, every fourth a keyframe."""
    return [
        struct.pack("!BBHII", 0x80, 0x80 | 96, at, at * 3600, 7) + (b"\x65" if at % 4 == 0 else b"\x41") + b"\x88\x80"
        for at in range(count)
    ]


def framed(channel: int, payload: bytes) -> bytes:
    return struct.pack("!BBH", 0x24, channel, len(payload)) + payload


STREAM = b"".join(framed(0, packet) for packet in packets(8))


@dataclass(frozen=True)
class Asked:
    """A request as the camera has read it."""

    method: str
    url: str
    headers: dict[str, str]

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


def answer(status: int = 200, body: str = "", **headers: str) -> str:
    lines = [
        f"RTSP/1.0 {status} Whatever",
        "CSeq: {cseq}",
        *(f"{name.replace('_', '-')}: {headers[name]}" for name in headers),
    ]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])


def described(asked: Asked) -> str:
    return answer(body=DESCRIPTION, Content_Base=asked.url + "/", Content_Type="application/sdp")


def set_up(asked: Asked) -> str:
    return answer(Transport=asked.header("Transport"), Session="42;timeout=60")


Reply = Callable[[Asked], str | bytes]


@dataclass
class ScriptedCamera:
    """A camera that answers as a test wants it to, and remembers what it was asked."""

    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    left: int = 0
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        usual: dict[str, Reply] = {
            "OPTIONS": lambda _: answer(Public="DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"),
            "DESCRIBE": described,
            "SETUP": set_up,
            "PLAY": lambda _: answer(Session="42").encode() + STREAM,
        }
        self.replies = usual | self.replies
        self._news = threading.Condition()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def url(self, credentials: str = "") -> str:
        return f"rtsp://{credentials}{self.host}:{self._server.getsockname()[1]}/cam"

    @property
    def methods(self) -> list[str]:
        return [asked.method for asked in self.asked]

    def wait_until(self, holds: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(holds, DEADLINE_S), f"asked for {self.methods}"

    def break_off(self) -> None:
        self._connections[-1].shutdown(socket.SHUT_RDWR)

    def send(self, data: bytes) -> None:
        self._connections[-1].sendall(data)

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in self._connections:
            connection.close()
        for thread in self._threads:
            thread.join(DEADLINE_S)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        rest = b""
        try:
            while data := connection.recv(65536):
                *heads, rest = (rest + data).split(b"\r\n\r\n")
                for head in heads:
                    self._take(connection, head.decode())
        except OSError:
            # Broken off by the receiver or by the test.
            pass
        with self._news:
            connection.close()
            self.left += 1
            self._news.notify_all()

    def _take(self, connection: socket.socket, head: str) -> None:
        first, *lines = head.split("\r\n")
        if first.startswith("RTSP/"):
            with self._news:
                self.heard.append(first)
                self._news.notify_all()
            return
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        asked = Asked(first.split(" ")[0], first.split(" ")[1], headers)
        chosen = self.replies.get(asked.method)
        reply = chosen(asked) if chosen is not None else answer()
        with self._news:
            self.asked.append(asked)
            self._news.notify_all()
        data = reply.encode() if isinstance(reply, str) else reply
        connection.sendall(data.replace(b"{cseq}", asked.header("CSeq").encode()))


class Recorder:
    """A sink that remembers everything."""

    def __init__(self) -> None:
        self.track: VideoTrack | None = None
        self.units: list[AccessUnit] = []
        self.over = threading.Event()
        self.error: NigohError | None = None
        self.pictures = threading.Semaphore(0)

    def opened(self, track: VideoTrack) -> None:
        self.track = track

    def put(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        self.pictures.release()

    def ended(self, error: NigohError | None) -> None:
        assert not self.over.is_set()
        self.error = error
        self.over.set()

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self.pictures.acquire(timeout=DEADLINE_S)

    def outcome(self) -> NigohError | None:
        assert self.over.wait(DEADLINE_S)
        return self.error


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def outcome(receiver: Receiver, url: str, options: ReceptionOptions = QUICK) -> NigohError | None:
    recorder = Recorder()
    receiver.add(CameraUrl(url), options, recorder)
    return recorder.outcome()


@contextmanager
def received(receiver: Receiver, camera: ScriptedCamera, credentials: str = "") -> Iterator[Recorder]:
    recorder = Recorder()
    reception = receiver.add(CameraUrl(camera.url(credentials)), ReceptionOptions(), recorder)
    yield recorder
    reception.close()
    assert reception.is_over


def test_pictures_come_and_the_camera_is_told_when_it_is_left(receiver: Receiver) -> None:
    with ScriptedCamera() as camera:
        with received(receiver, camera) as recorder:
            recorder.wait_for(8)
        assert [unit.is_keyframe for unit in recorder.units] == [at % 4 == 0 for at in range(8)]
        assert all(unit.data for unit in recorder.units)
        assert recorder.track is not None
        assert recorder.outcome() is None
        camera.wait_until(lambda: "TEARDOWN" in camera.methods)
        assert camera.methods == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]
        by_method = {asked.method: asked for asked in camera.asked}
        assert by_method["SETUP"].url == camera.url() + "/track1"
        assert by_method["PLAY"].header("Session") == by_method["TEARDOWN"].header("Session") == "42"


@pytest.mark.parametrize(("public", "sign"), [("PLAY, GET_PARAMETER", "GET_PARAMETER"), ("PLAY", "OPTIONS")])
def test_signs_of_life_come_before_the_session_times_out(public: str, sign: str, receiver: Receiver) -> None:
    replies: dict[str, Reply] = {
        "OPTIONS": lambda _: answer(Public=public),
        "SETUP": lambda asked: answer(Transport=asked.header("Transport"), Session="42;timeout=1"),
    }
    with ScriptedCamera(replies) as camera, received(receiver, camera):
        camera.wait_until(lambda: sign in camera.methods[4:])


def test_a_session_that_the_camera_has_forgotten_is_over(receiver: Receiver) -> None:
    replies: dict[str, Reply] = {
        "SETUP": lambda asked: answer(Transport=asked.header("Transport"), Session="42;timeout=1"),
        "GET_PARAMETER": lambda _: answer(454),
    }
    with ScriptedCamera(replies) as camera:
        error = outcome(receiver, camera.url(), ReceptionOptions(read_timeout_s=10))
    assert isinstance(error, SourceUnavailable)
    assert "has stopped sending" in str(error)


def test_a_redirection_is_followed_with_the_password_on_the_same_host(receiver: Receiver) -> None:
    with ScriptedCamera({"DESCRIBE": guarded("Digest")}) as target:
        with ScriptedCamera({"DESCRIBE": lambda _: answer(302, Location=target.url())}) as camera:
            with received(receiver, camera, f"guard:{PASSWORD}@") as recorder:
                recorder.wait_for(8)
            assert "PLAY" not in camera.methods
        assert "PLAY" in target.methods


def guarded(scheme: str, then: Reply = described) -> Reply:
    def reply(asked: Asked) -> str | bytes:
        if asked.header("Authorization").startswith(scheme):
            return then(asked)
        return answer(401, WWW_Authenticate=f'{scheme} realm="camera", nonce="n1"')

    return reply


def test_the_password_is_not_given_to_another_host(receiver: Receiver) -> None:
    with ScriptedCamera({"DESCRIBE": guarded("Basic")}, host="localhost") as target:
        replies = {"DESCRIBE": guarded("Basic", lambda _: answer(301, Location=target.url()))}
        with ScriptedCamera(replies) as camera:
            error = outcome(receiver, camera.url(f"guard:{PASSWORD}@"))
            assert any(asked.header("Authorization") for asked in camera.asked)
        assert "DESCRIBE" in target.methods
        assert not any(asked.header("Authorization") for asked in target.asked)
    assert isinstance(error, SourceError)


@pytest.mark.parametrize("elsewhere", ["169.254.169.254", "0xa9fea9fe", "[::ffff:169.254.169.254]"])
def test_a_camera_cannot_send_its_viewer_to_a_metadata_service(elsewhere: str, receiver: Receiver) -> None:
    with ScriptedCamera({"DESCRIBE": lambda _: answer(302, Location=f"rtsp://{elsewhere}/latest")}) as camera:
        error = outcome(receiver, camera.url())
    assert isinstance(error, SourceError)
    assert "connected to" in str(error)


def test_a_circle_of_redirections_is_left(receiver: Receiver) -> None:
    with ScriptedCamera() as camera:
        camera.replies["DESCRIBE"] = lambda asked: answer(302, Location=asked.url)
        assert isinstance(outcome(receiver, camera.url()), NotSpoken)
        assert camera.methods.count("DESCRIBE") == 4


def test_a_nonce_that_is_too_old_is_renewed(receiver: Receiver) -> None:
    def renewing(asked: Asked) -> str | bytes:
        if 'nonce="n2"' in asked.header("Authorization"):
            return answer(Session="42").encode() + STREAM
        return answer(401, WWW_Authenticate='Digest realm="camera", nonce="n2", stale=true')

    replies = {"DESCRIBE": guarded("Digest"), "PLAY": renewing}
    with ScriptedCamera(replies) as camera, received(receiver, camera, f"guard:{PASSWORD}@") as recorder:
        recorder.wait_for(8)
        assert camera.methods.count("PLAY") == 2


@pytest.mark.parametrize("scheme", ["Basic", "Digest"])
def test_a_wrong_password_is_tried_once_and_told_without_it(scheme: str, receiver: Receiver) -> None:
    refuse = answer(401, WWW_Authenticate=f'{scheme} realm="camera", nonce="n"')
    with ScriptedCamera({"DESCRIBE": lambda _: refuse}) as camera:
        error = outcome(receiver, camera.url(f"guard:{PASSWORD}@"))
        assert camera.methods.count("DESCRIBE") == 2
    assert isinstance(error, SourceError)
    assert "refuses this user and password" in str(error)
    assert PASSWORD not in f"{error!r}{vars(error)}{error.__cause__!r}{error.__context__!r}"


@pytest.mark.parametrize(
    ("method", "status", "kind", "text"),
    [
        ("DESCRIBE", 404, SourceError, "no stream at this path"),
        ("DESCRIBE", 403, SourceError, "refuses access"),
        ("DESCRIBE", 503, SourceUnavailable, "error of its own"),
        ("SETUP", 461, SourceError, "does not send over tcp. Try the transport udp"),
        ("SETUP", 453, SourceUnavailable, "no bandwidth"),
        ("PLAY", 455, NotSpoken, r"refuses the request \(455\)"),
    ],
)
def test_what_a_refusal_means(
    method: str, status: int, kind: type[NigohError], text: str, receiver: Receiver
) -> None:
    with ScriptedCamera({method: lambda _: answer(status)}) as camera:
        error = outcome(receiver, camera.url())
    assert type(error) is kind
    assert re.search(text, str(error))


@pytest.mark.parametrize(
    ("played", "kind", "text"),
    [
        (b"", SourceUnavailable, "sends no picture"),
        (STREAM, SourceUnavailable, "has stopped sending"),
        (b"\0garbage", Garbled, "neither an RTSP message nor a media frame"),
        (STREAM + b"\0garbage", SourceUnavailable, "pictures, then garbage"),
        (framed(0, struct.pack("!BBHII", 0x80, 96, 1, 1, 7) + b"\x79\0\0"), NotSpoken, "packetises H264 by type 25"),
    ],
    ids=["nothing", "silence", "garbage", "garbage later", "another packetisation"],
)
def test_what_comes_after_play(played: bytes, kind: type[NigohError], text: str, receiver: Receiver) -> None:
    with ScriptedCamera({"PLAY": lambda _: answer(Session="42").encode() + played}) as camera:
        error = outcome(receiver, camera.url())
    assert type(error) is kind
    assert text in str(error)


def test_a_stream_that_says_goodbye_is_over_at_once(receiver: Receiver) -> None:
    goodbye = framed(1, struct.pack("!BBHI", 0x81, 203, 1, 7))
    with ScriptedCamera({"PLAY": lambda _: answer(Session="42").encode() + STREAM + goodbye}) as camera:
        error = outcome(receiver, camera.url(), ReceptionOptions(read_timeout_s=60))
    assert "has stopped sending" in str(error)


def test_a_connection_that_breaks_is_told_and_the_others_go_on(receiver: Receiver) -> None:
    with (
        ScriptedCamera() as broken,
        ScriptedCamera() as healthy,
        received(receiver, healthy) as good,
        received(receiver, broken) as bad,
    ):
        good.wait_for(8)
        bad.wait_for(8)
        broken.break_off()
        assert "has stopped sending" in str(bad.outcome())
        healthy.send(b"".join(framed(0, packet) for packet in packets(12)[8:]))
        good.wait_for(4)


def test_a_camera_may_ask_whether_its_viewer_is_there(receiver: Receiver) -> None:
    with ScriptedCamera() as camera, received(receiver, camera) as recorder:
        recorder.wait_for(8)
        camera.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 5\r\n\r\n")
        camera.wait_until(lambda: camera.heard == ["RTSP/1.0 200 OK"])


def test_what_is_assembled_can_be_chosen_on_the_way(receiver: Receiver) -> None:
    with ScriptedCamera({"PLAY": lambda _: answer(Session="42")}) as camera:
        recorder = Recorder()
        reception = receiver.add(CameraUrl(camera.url()), ReceptionOptions(), recorder)
        reception.assemble(Assemble.KEYFRAMES)
        camera.wait_until(lambda: "PLAY" in camera.methods)
        camera.send(STREAM)
        recorder.wait_for(8)
        assert [bool(unit.data) for unit in recorder.units] == [at % 4 == 0 for at in range(8)]
        assert reception.counts.packets == reception.counts.units == 8
        reception.close()


def test_datagrams_of_others_are_passed_over(receiver: Receiver) -> None:
    with ScriptedCamera() as camera, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
        media.bind(("127.0.0.1", 0))
        port = media.getsockname()[1]
        camera.replies["SETUP"] = lambda asked: answer(
            Transport=f"{asked.header('Transport')};server_port={port}-{port + 1}", Session="42"
        )
        camera.replies["PLAY"] = lambda _: answer(Session="42")
        recorder = Recorder()
        reception = receiver.add(CameraUrl(camera.url()), ReceptionOptions(transport="udp"), recorder)
        camera.wait_until(lambda: "PLAY" in camera.methods)
        wanted = next(asked.header("Transport") for asked in camera.asked if asked.method == "SETUP")
        target = ("127.0.0.1", int(wanted.partition("client_port=")[2].partition("-")[0]))
        assert target[1] % 2 == 0
        # The receiver has sent something to open the way through firewalls.
        media.settimeout(DEADLINE_S)
        assert media.recvfrom(100)[1] == target
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.2", 0))
            stranger.sendto(packets(30)[29], target)
        for packet in packets(4):
            media.sendto(packet, target)
        recorder.wait_for(4)
        assert [unit.t_s for unit in recorder.units] == pytest.approx([0, 0.04, 0.08, 0.12])
        assert reception.counts.packets == 4
        reception.close()


def test_a_camera_can_be_closed_while_it_is_opened(receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        recorder = Recorder()
        reception = receiver.add(
            CameraUrl(f"rtsp://127.0.0.1:{mute.getsockname()[1]}/cam"), ReceptionOptions(), recorder
        )
        reception.close()
        assert reception.is_over
        assert recorder.error is None
        reception.close()


def test_leaving_the_receiver_ends_all_cameras_and_its_thread() -> None:
    before = threading.active_count()
    recorders = [Recorder() for _ in range(20)]
    with ScriptedCamera() as camera:
        with Receiver() as receiver:
            for recorder in recorders:
                receiver.add(CameraUrl(camera.url()), ReceptionOptions(), recorder)
            for recorder in recorders:
                recorder.wait_for(8)
        assert all(recorder.over.is_set() and recorder.error is None for recorder in recorders)
        assert camera.methods.count("TEARDOWN") == 20
        with pytest.raises(RuntimeError, match="open receiver"):
            receiver.add(CameraUrl(camera.url()), ReceptionOptions(), Recorder())
    assert threading.active_count() == before


def test_nothing_is_left_of_a_camera_that_comes_and_goes(receiver: Receiver) -> None:
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not list a process's descriptors")
    with ScriptedCamera() as camera:
        counts: list[int] = []
        for options in [ReceptionOptions(transport="tcp"), ReceptionOptions(transport="udp")] * 15:
            recorder = Recorder()
            reception = receiver.add(CameraUrl(camera.url()), options, recorder)
            camera.wait_until(lambda: camera.methods.count("PLAY") > len(counts))
            reception.close()
            camera.wait_until(lambda: camera.left > len(counts))
            counts.append(len(list(descriptors.iterdir())))
        assert counts[-1] == counts[1]
