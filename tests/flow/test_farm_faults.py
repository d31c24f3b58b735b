"""Faults of simulated cameras, as a viewer meets them."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Self

import av
import pytest

from nigoh.errors import ConfigError, SourceUnavailable
from nigoh.storage.farm_truth_file import read_farm_truth
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.farm import Farm, FarmOptions, Fault, FaultKind, Footage, Order, ask_farm, prepare_footage
from nigoh.vision.detector import Detector

FPS = 20
PICTURE = ClipOptions(width_px=320, height_px=180, fps=FPS, gop=5, bitrate=300_000, noise=0.01, face_px=(30, 60))
OPTIONS = FarmOptions(cameras=3, picture=PICTURE)
PATIENCE_S = 5.0
OVER_TCP = {"rtsp_transport": "tcp", "fpsprobesize": "0"}
"""Of FFmpeg, which otherwise watches for a second and a half before it gives the first picture."""


def no_detector() -> Detector:
    raise AssertionError("no face has to be found")


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    return prepare_footage(None, no_detector, OPTIONS, tmp_path_factory.mktemp("cache"))


@pytest.fixture
def farm(footage: Footage) -> Iterator[Farm]:
    with Farm(footage, OPTIONS) as running:
        yield running


class Viewer:
    """Watches one camera over RTSP's own connection and looks at the packets."""

    def __init__(self, farm: Farm, camera: int = 1) -> None:
        self.url = farm.urls[camera - 1].reveal()
        self._socket = socket.create_connection(("127.0.0.1", farm.port), timeout=PATIENCE_S)
        self._stream = self._socket.makefile("rwb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()

    def ask(self, method: str, *headers: str) -> str:
        """The answer's first line and headers, "" when the connection has ended."""
        lines = (f"{method} {self.url}{'/trackID=1' * (method == 'SETUP')} RTSP/1.0", "CSeq: 1", *headers, "", "")
        self._stream.write("\r\n".join(lines).encode())
        self._stream.flush()
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            if (byte := self._stream.read(1)) == b"$" and not answer:
                self._stream.read(int.from_bytes(self._stream.read(3)[1:], "big"))
            elif byte:
                answer += byte
            else:
                return ""
        return answer.decode()

    def play(self) -> "Viewer":
        session = self.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1").partition("Session: ")[2]
        assert "200 OK" in self.ask("PLAY", f"Session: {session.partition(';')[0]}")
        return self

    def packets(self) -> Iterator[bytes]:
        """Media packets, until the connection ends."""
        while head := self._stream.read(4):
            assert head[0] == ord("$"), "this is no packet"
            packet = self._stream.read(int.from_bytes(head[2:], "big"))
            if head[1] == 0:
                yield packet

    def pictures(self) -> Iterator[int]:
        """The timestamp of each picture."""
        return (struct.unpack("!I", packet[4:8])[0] for packet in self.packets() if packet[1] & 0x80)


def looks_well(farm: Farm, camera: int) -> bool:
    with Viewer(farm, camera) as viewer:
        return len(list(islice(viewer.play().pictures(), 5))) == 5


def has_ended(stream: Iterator[object]) -> bool:
    """Whether a stream ends, in whichever way connections do, before ten more seconds are shown."""
    try:
        return len(list(islice(stream, 10 * FPS))) < 10 * FPS
    except ConnectionResetError:
        return True


def until(condition: Callable[[], bool]) -> bool:
    """Whether something becomes true in time."""
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end_s:
            return False
    return True


def test_dropped_viewers_may_come_back_at_once_and_others_notice_nothing(farm: Farm) -> None:
    with Viewer(farm, 1) as first, Viewer(farm, 2) as second:
        dropped, others = first.play().pictures(), second.play().pictures()
        next(dropped)
        next(others)
        farm.disturb(Fault(FaultKind.DROP, camera=1))
        assert has_ended(dropped)
        assert len(list(islice(others, 5))) == 5
    assert looks_well(farm, 1)


def test_all_refuse_connections_until_they_are_well_again(farm: Farm) -> None:
    with Viewer(farm) as viewer:
        pictures = viewer.play().pictures()
        next(pictures)
        farm.disturb(Fault(FaultKind.REFUSE))
        assert has_ended(pictures)
    assert refuses(farm)
    farm.clear()
    assert looks_well(farm, 3)


def refuses(farm: Farm) -> bool:
    try:
        socket.create_connection(("127.0.0.1", farm.port), timeout=PATIENCE_S).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_refusal_ends_by_itself(farm: Farm) -> None:
    farm.disturb(Fault(FaultKind.REFUSE, seconds=0.5))
    assert refuses(farm)
    assert until(lambda: not refuses(farm))


def test_one_refuses_and_the_others_do_not(farm: Farm) -> None:
    farm.disturb(Fault(FaultKind.REFUSE, camera=2))
    with Viewer(farm, 2) as viewer:
        assert viewer.ask("DESCRIBE") == ""
    assert looks_well(farm, 1)


def test_a_flapping_camera_drops_its_viewers_again_and_again(farm: Farm) -> None:
    farm.disturb(Fault(FaultKind.FLAP, camera=1, value=0.5))
    for _ in range(4):
        with Viewer(farm, 1) as viewer:
            assert has_ended(viewer.play().packets())
    farm.clear(1)
    assert looks_well(farm, 1)


def test_a_frozen_camera_answers_and_sends_nothing(farm: Farm) -> None:
    with av.open(farm.urls[0].reveal(), options=OVER_TCP, timeout=(5, 0.5)) as container:
        packets = container.demux(video=0)
        next(packets)
        farm.disturb(Fault(FaultKind.FREEZE, camera=1))
        with pytest.raises((av.error.TimeoutError, av.error.ExitError)):
            list(packets)
    with Viewer(farm, 1) as viewer:
        assert "200 OK" in viewer.play().ask("OPTIONS")
        farm.clear()
        assert next(viewer.pictures())


def test_a_hanging_camera_keeps_connections_open_and_says_nothing(farm: Farm) -> None:
    farm.disturb(Fault(FaultKind.HANG, camera=1))
    with Viewer(farm, 1) as viewer:
        viewer._socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            viewer.ask("OPTIONS")
    assert looks_well(farm, 2)


def test_a_share_of_the_packets_gets_lost(farm: Farm) -> None:
    farm.disturb(Fault(FaultKind.LOSS, camera=1, value=0.5))
    with Viewer(farm, 1) as viewer:
        numbers = [struct.unpack("!H", packet[2:4])[0] for packet in islice(viewer.play().packets(), 60)]
    steps = [(after - before) % 2**16 for before, after in pairwise(numbers)]
    assert 1.4 < sum(steps) / len(steps) < 3.2


def test_no_password_is_right_any_more(farm: Farm) -> None:
    farm.disturb(Fault(FaultKind.UNAUTHORIZED, camera=1))
    with pytest.raises(av.error.HTTPUnauthorizedError):
        av.open(farm.urls[0].reveal())
    assert looks_well(farm, 2)


def test_pictures_change_their_size_and_change_it_back(farm: Farm) -> None:
    with av.open(farm.urls[0].reveal(), options=OVER_TCP, timeout=(5, 5)) as container:
        frames = container.decode(video=0)
        assert next(frames).width == 320
        farm.disturb(Fault(FaultKind.RESIZE, camera=1))
        assert any(frame.width == 640 for frame in islice(frames, 60))
        farm.clear(1)
        assert any(frame.width == 320 for frame in islice(frames, 60))


def test_a_slow_camera_sends_fewer_pictures_than_it_takes(farm: Farm) -> None:
    with Viewer(farm, 1) as viewer:
        pictures = viewer.play().pictures()
        next(pictures)
        farm.disturb(Fault(FaultKind.SLOW, camera=1, value=0.25))
        begun_s = time.monotonic()
        seen = list(islice(pictures, 10))
        took_s = time.monotonic() - begun_s
    shown_s = ((seen[-1] - seen[0]) % 2**32) / 90_000
    assert shown_s < 0.6
    assert took_s > 2.5 * shown_s


def test_garbage_is_no_stream(farm: Farm) -> None:
    with Viewer(farm, 1) as viewer:
        packets = viewer.play().packets()
        next(packets)
        farm.disturb(Fault(FaultKind.GARBAGE, camera=1))
        with pytest.raises(AssertionError, match="this is no packet"):
            list(packets)
    assert looks_well(farm, 2)


def test_the_clock_of_a_stream_jumps_back(farm: Farm) -> None:
    with Viewer(farm, 1) as viewer:
        pictures = viewer.play().pictures()
        before = next(pictures)
        farm.disturb(Fault(FaultKind.BACKWARDS, camera=1, value=60))
        later = [(picture - before + 2**31) % 2**32 - 2**31 for picture in islice(pictures, 10)]
    assert min(later) < -50 * 90_000


def test_faults_are_in_the_truth(farm: Farm, footage: Footage, tmp_path: Path) -> None:
    file = tmp_path / "truth.jsonl"
    with Farm(footage, OPTIONS, truth=file) as recorded:
        recorded.disturb(Fault(FaultKind.FREEZE, camera=2, seconds=1))
        recorded.clear()
        told = recorded.truth().disturbances
    assert [(each.kind, each.camera) for each in told] == [("freeze", "cam002"), ("clear", None)]
    assert read_farm_truth(file).disturbances == told
    assert farm.truth().disturbances == ()


def test_faults_can_be_asked_for_at_the_control_port(farm: Farm) -> None:
    assert ask_farm(farm.control_port, Order("fault", FaultKind.UNAUTHORIZED, camera=1)) is None
    with Viewer(farm, 1) as viewer:
        assert "401 Unauthorized" in viewer.ask("DESCRIBE")
    ask_farm(farm.control_port, Order("clear"))
    assert looks_well(farm, 1)
    status = ask_farm(farm.control_port, Order("status"))
    assert status is not None
    assert status.pictures >= 5


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"no JSON\n", b"that is no order"),
        (b'{"order": "fault", "kind": "frost"}\n', b"frost"),
        (b'{"order": "fault"}\n', b"a fault has a kind"),
        (b'{"order": "clear", "camera": 9}\n', b"there is no camera 9"),
        (b'{"order": "fault", "kind": "loss", "value": 2}\n', b"no value of the fault loss"),
    ],
)
def test_orders_that_cannot_be_carried_out_are_answered(farm: Farm, line: bytes, complaint: bytes) -> None:
    with socket.create_connection(("127.0.0.1", farm.control_port), timeout=PATIENCE_S) as connection:
        connection.sendall(line)
        answer = connection.makefile("rb").readline()
        assert complaint in answer
        connection.sendall(b'{"order": "status"}\n')
        assert b'"cameras":3' in connection.makefile("rb").readline()


def test_impossible_cameras_and_absent_farms_are_said(farm: Farm) -> None:
    with pytest.raises(ConfigError, match=r"there is no camera 4\. The cameras are 1 to 3"):
        farm.disturb(Fault(FaultKind.DROP, camera=4))
    with pytest.raises(ConfigError, match="there is no camera 0"):
        ask_farm(farm.control_port, Order("clear", camera=0))
    with pytest.raises(SourceUnavailable, match="no farm answers"):
        ask_farm(1, Order("status"))
