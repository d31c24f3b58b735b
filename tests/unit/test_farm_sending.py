"""What a viewer of a simulated camera gets: in order, in time, and what faults leave of it."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from nigoh.domain.sighting import CameraId, PersonId
from nigoh.errors import ConfigError
from nigoh.testing.clip_options import VideoCodec
from nigoh.testing.farm.coded_clip import CodedClip
from nigoh.testing.farm.faults import ActiveFaults, Fault, FaultKind
from nigoh.testing.farm.footage import Footage, SceneFootage
from nigoh.testing.farm.plan import CameraPlan
from nigoh.testing.farm.rtp import packetise
from nigoh.testing.farm.schedule import Schedule, Seen
from nigoh.testing.farm.sdp import StreamFormat
from nigoh.testing.farm.shutter import Shutter
from nigoh.testing.farm.simulated_camera import SimulatedCamera
from nigoh.testing.farm.viewer import Viewer

GOP, FPS = 5, 10
EMPTY, SOMEBODY, OTHER = b"empty", b"somebody", b"other"


@dataclass
class Received:
    """A wire that keeps what comes."""

    channel: int = 0
    clogged: bool = False
    packets: list[bytes] = field(default_factory=list)
    reports: list[bytes] = field(default_factory=list)

    def send(self, data: bytes | bytearray, packets: Sequence[tuple[int, int]]) -> None:
        self.packets += [bytes(data[begin:end]) for begin, end in packets]

    def report(self, packet: bytes) -> None:
        self.reports.append(packet)

    def sequence_numbers(self) -> list[int]:
        return [struct.unpack("!H", packet[2:4])[0] for packet in self.packets]

    def timestamps(self) -> list[int]:
        return [struct.unpack("!I", packet[4:8])[0] for packet in self.packets]

    def payloads(self) -> list[bytes]:
        return [packet[12:] for packet in self.packets]


def clip(name: bytes, gops: int, width_px: int = 640) -> CodedClip:
    """Each picture is one packet that says whose it is, and its number."""
    stream = StreamFormat(VideoCodec.H264, (b"\x67abc", b"\x68d"), width_px, 360, FPS)
    pictures = tuple(packetise([name + b"%d" % row], keyframe=row % GOP == 0) for row in range(gops * GOP))
    return CodedClip(stream, pictures, GOP)


FOOTAGE = Footage(
    {False: SceneFootage(clip(EMPTY, 3), (clip(SOMEBODY, 2),), ((Seen(PersonId("Anna"), 0.1, 0.9, (60, 80)),),))},
    clip(OTHER, 1, width_px=320),
)


def camera(phase_s: float = 0.0) -> SimulatedCamera:
    schedule = Schedule(FOOTAGE.outlines[False], GOP / FPS, 0.3, (1,))
    return SimulatedCamera(CameraPlan(CameraId("cam001"), False, phase_s, schedule), FOOTAGE, Fraction(FPS))  # noqa: FBT003 - a plan's fields


def watched(phase_s: float = 0.0) -> tuple[SimulatedCamera, Received]:
    watching, wire = camera(phase_s), Received()
    watching.viewers.add(Viewer(wire, "cam001", watching.faults))
    return watching, wire


def send(watching: SimulatedCamera, numbers: range) -> None:
    for number in numbers:
        watching.send(number, watching.due_s(number), 1000 + watching.due_s(number))


def disturb(watching: SimulatedCamera, kind: FaultKind, value: float | None = None) -> None:
    watching.faults.add(Fault(kind, value=value), 0.0)


def test_numbers_and_times_go_on_through_the_ends_of_clips() -> None:
    watching, wire = watched()
    send(watching, range(200))
    first = wire.sequence_numbers()[0]
    assert wire.sequence_numbers() == [(first + row) % 2**16 for row in range(200)]
    steps = {(b - a) % 2**32 for a, b in zip(wire.timestamps(), wire.timestamps()[1:], strict=False)}
    assert steps == {9000}
    shown = {payload.rstrip(b"0123456789") for payload in wire.payloads()}
    assert shown == {EMPTY, SOMEBODY}


def test_faces_are_sent_when_the_plan_says() -> None:
    watching, wire = watched()
    send(watching, range(200))
    with_face = [number for number, payload in enumerate(wire.payloads()) if payload.startswith(SOMEBODY)]
    seen = next(watching.plan.schedule.seen())
    assert with_face[0] / FPS == pytest.approx(seen.enter_s - 0.1)


def test_who_comes_late_begins_with_a_keyframe_in_the_right_place() -> None:
    early, wire = watched()
    send(early, range(40))
    late, late_wire = watched()
    send(late, range(17, 40))
    assert late_wire.payloads() == wire.payloads()[20:]


def test_cameras_take_pictures_at_their_own_time_and_only_while_somebody_looks() -> None:
    (first, wire), (second, late_wire), alone = watched(0.02), watched(0.07), camera(0.01)
    shutter = Shutter([first, second, alone], 1000.0)
    for row in range(3):
        shutter.begin(row, 0.0)
    assert shutter.release(0.03) == pytest.approx(0.07)
    assert (len(wire.packets), len(late_wire.packets)) == (1, 0)
    assert shutter.release(0.5) == pytest.approx(0.52)
    assert (len(wire.packets), len(late_wire.packets)) == (5, 5)
    first.viewers.clear()
    second.viewers.clear()
    shutter.release(1.0)
    assert shutter.release(2.0) is None
    assert len(wire.packets) == 5


def test_after_a_standstill_not_everything_is_made_up_for() -> None:
    watching, wire = watched()
    shutter = Shutter([watching], 1000.0)
    shutter.begin(0, 0.0)
    shutter.release(0.0)
    shutter.release(60.0)
    assert 15 < len(wire.packets) < 30, "about the last two seconds"


def test_wall_clock_and_stream_clock_belong_together_in_reports() -> None:
    watching, wire = watched(0.25)
    send(watching, range(120))
    assert len(wire.reports) == 3, "at the beginning and every five seconds"
    for report in wire.reports:
        seconds, fraction, timestamp = struct.unpack("!III", report[8:20])
        unix_s = seconds - 2_208_988_800 + fraction / 2**32
        ticks = (timestamp - wire.timestamps()[0]) % 2**32
        assert unix_s - 1000 - 0.25 == pytest.approx(ticks / 90_000, abs=1e-4)


def test_a_viewer_who_reads_too_slowly_goes_on_at_a_keyframe_and_it_is_counted() -> None:
    watching, wire = watched()
    (viewer,) = watching.viewers
    send(watching, range(7))
    wire.clogged = True
    send(watching, range(7, 12))
    wire.clogged = False
    send(watching, range(12, 20))
    numbers = [(time - wire.timestamps()[0]) % 2**32 // 9000 for time in wire.timestamps()]
    assert numbers == [*range(7), *range(15, 20)]
    assert viewer.counts.sent == 12
    assert viewer.counts.skipped == 2, "one that did not fit, one keyframe; the others could not have been decoded"


def test_lost_packets_are_missing_from_the_numbering() -> None:
    watching, wire = watched()
    disturb(watching, FaultKind.LOSS, 0.3)
    send(watching, range(1000))
    assert len(wire.packets) == pytest.approx(700, abs=60)
    numbers = wire.sequence_numbers()
    assert (numbers[-1] - numbers[0]) % 2**16 >= 990


def test_damaged_packets_keep_their_headers() -> None:
    good_camera, good = watched()
    watching, wire = watched()
    disturb(watching, FaultKind.CORRUPT, 0.5)
    send(watching, range(1000))
    send(good_camera, range(1000))
    wrong = sum(a != b for a, b in zip(wire.payloads(), good.payloads(), strict=True))
    assert wrong == pytest.approx(500, abs=80)
    assert [len(payload) for payload in wire.payloads()] == [len(payload) for payload in good.payloads()]
    assert {packet[0] for packet in wire.packets} == {0x80}


def test_garbage_has_no_headers() -> None:
    watching, wire = watched()
    disturb(watching, FaultKind.GARBAGE)
    send(watching, range(100))
    assert len({packet[:2] for packet in wire.packets}) > 50


def test_a_slow_camera_lags_and_sends_the_rest_when_it_is_well_again() -> None:
    watching, wire = watched()
    disturb(watching, FaultKind.SLOW, 0.5)
    send(watching, range(100))
    assert len(wire.packets) == 50
    watching.faults.clear()
    send(watching, range(100, 102))
    assert len(wire.packets) == 102
    assert [(b - a) % 2**16 for a, b in zip(wire.sequence_numbers(), wire.sequence_numbers()[1:], strict=False)] == [
        1
    ] * 101


def test_a_slow_camera_does_not_pile_up_pictures_for_ever() -> None:
    watching, wire = watched()
    (viewer,) = watching.viewers
    disturb(watching, FaultKind.SLOW, 0.1)
    send(watching, range(3000))
    assert viewer.counts.skipped > 1000
    assert 250 < len(wire.packets) < 350


@pytest.mark.parametrize("kind", [FaultKind.FREEZE, FaultKind.HANG])
def test_a_frozen_camera_sends_nothing_and_its_time_goes_on(kind: FaultKind) -> None:
    watching, wire = watched()
    send(watching, range(10))
    disturb(watching, kind)
    send(watching, range(10, 30))
    watching.faults.clear()
    send(watching, range(30, 40))
    numbers = [(time - wire.timestamps()[0]) % 2**32 // 9000 for time in wire.timestamps()]
    assert numbers == [*range(10), *range(30, 40)]


def test_another_size_comes_with_the_next_keyframe_and_goes_again() -> None:
    watching, wire = watched()
    send(watching, range(7))
    disturb(watching, FaultKind.RESIZE)
    assert watching.stream(0.7).width_px == 320
    send(watching, range(7, 22))
    watching.faults.clear()
    send(watching, range(22, 40))
    other = [number for number, payload in enumerate(wire.payloads()) if payload.startswith(OTHER)]
    assert other == list(range(10, 25))
    assert watching.stream(4.0).width_px == 640


def test_a_clock_that_jumps_back_goes_on_from_there() -> None:
    watching, wire = watched()
    (viewer,) = watching.viewers
    send(watching, range(10))
    viewer.turn_back(3)
    send(watching, range(10, 12))
    assert (wire.timestamps()[10] - wire.timestamps()[9]) % 2**32 == 2**32 - 3 * 90_000 + 9000
    assert (wire.timestamps()[11] - wire.timestamps()[10]) % 2**32 == 9000


def test_who_leaves_stays_counted_and_gets_a_goodbye() -> None:
    watching, wire = watched()
    (viewer,) = watching.viewers
    send(watching, range(3))
    watching.part_from(viewer)
    send(watching, range(3, 6))
    assert (watching.gone.sent, watching.viewers) == (3, set())
    assert wire.reports[-1][1] == 203


def test_faults_end_by_themselves() -> None:
    faults = ActiveFaults()
    faults.add(Fault(FaultKind.LOSS, value=0.2, seconds=2), 10.0)
    assert faults.amount(FaultKind.LOSS, 11.9) == 0.2
    assert faults.amount(FaultKind.LOSS, 12.0) is None
    assert faults.amount(FaultKind.FREEZE, 11.0) is None
    assert not faults.any(12.0)


@pytest.mark.parametrize(
    ("kind", "value", "seconds", "complaint"),
    [
        (FaultKind.LOSS, 1.5, None, "1.5 is no value of the fault loss. Give the share of packets lost, from 0 to 1"),
        (FaultKind.FREEZE, 1, None, "the fault freeze has no value"),
        (FaultKind.FREEZE, None, -1, "-1 s is no time for a fault"),
        (FaultKind.FLAP, float("nan"), None, "nan is no value of the fault flap"),
    ],
)
def test_impossible_faults_are_refused(
    kind: FaultKind, value: float | None, seconds: float | None, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        Fault(kind, 1, value, seconds)
