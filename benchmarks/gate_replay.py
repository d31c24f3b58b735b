"""Replays the footage of simulated cameras through the activity gate and the ring decoder, faster than it plays.

What the gate is told of faces comes from the footage's truth: a face is found while it is in the picture, and decided
with the second look at it. So this measures the gate alone, and gives the same figures each time, milliseconds apart.
"""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile

from nigoh.domain.camera import Mode
from nigoh.testing.farm.coded_clip import CodedClip
from nigoh.testing.farm.footage import Footage
from nigoh.testing.farm.plan import CameraPlan
from nigoh.testing.farm.schedule import Seen
from nigoh.video.access_unit import AccessUnit
from nigoh.video.activity import ActivityGate, Pace, Wish, small_luma
from nigoh.video.ring import PacketRing, RingLimits, StoredUnit
from nigoh.video.ring_decoder import RingDecoder
from nigoh.video.rtsp.depacketiser import Depacketiser
from nigoh.video.rtsp.nal_format import FORMATS
from nigoh.video.rtsp.rtp import parse_packet
from nigoh.video.rtsp.rtp_clock import RtpClock
from nigoh.video.rtsp.session_description import Codec
from nigoh.video.stream import StreamInfo

PACE = Pace(fps=1.0, burst_fps=5.0, still_s=4.0)
LEAST_SEEN_S = 2.0
SETTLE_S = 20.0
"""A camera's first seconds do not count: its baseline is learned from them."""
_LOOKS_TO_DECIDE = 2
_BEFORE_S = 1.0
"""Somebody is on the scene from so long before the face is in the picture until so long after it."""
_RATE = 90_000


@dataclass(slots=True)
class Tally:
    """What one or many cameras did, after their first seconds.

    Attributes:
        seconds: of video.
        looks, analyses: pictures that the gate wished to see.
        unchanged: looks that showed nothing new.
        keyframes, inter: pictures decoded.
        keyframe_s, inter_s, luma_s, gate_s: CPU time.
        units: pictures weighed.
        wakes: wishes between keyframes while nobody is on the scene.
        delays_s: from entering to the first analysed picture with the face, of appearances of two seconds or more.
        decided_s: from entering to the second one.
        missed: appearances of two seconds or more without one.
    """

    seconds: float = 0.0
    looks: int = 0
    analyses: int = 0
    unchanged: int = 0
    keyframes: int = 0
    inter: int = 0
    keyframe_s: float = 0.0
    inter_s: float = 0.0
    luma_s: float = 0.0
    gate_s: float = 0.0
    units: int = 0
    wakes: int = 0
    missed: int = 0
    delays_s: list[float] = field(default_factory=list)
    decided_s: list[float] = field(default_factory=list)


@dataclass(slots=True)
class _Sight:
    """An appearance, and when it was looked at."""

    seen: Seen
    looks_s: list[float] = field(default_factory=list)


def units_of(clip: CodedClip) -> list[AccessUnit]:
    """A clip's pictures as the receiver would hand them on."""
    reader = Depacketiser(
        FORMATS[Codec(clip.stream.codec.value.upper())], clip.stream.parameter_sets, RtpClock(_RATE)
    )
    units: list[AccessUnit] = []
    for row, picture in enumerate(clip.pictures):
        data = memoryview(bytes(picture.addressed(row, row + 1, 1)))
        for begin, end in picture.packets:
            units += reader.push(parse_packet(data, begin, end), data, lost=False)
    if len(units) != len(clip.pictures):
        raise ValueError(f"of {len(clip.pictures)} pictures {len(units)} came out")
    return units


class Footages:
    """The units of a footage's clips, by scene and clip number."""

    def __init__(self, footage: Footage) -> None:
        self.units = {
            (still, clip): units_of(scene.clip(clip))
            for still, scene in footage.scenes.items()
            for clip in (None, *range(len(scene.appearances)))
        }
        self.gop = footage.other_size.gop

    def play(self, plan: CameraPlan) -> Iterator[AccessUnit]:
        """What a camera sends, endlessly."""
        for clip, gop in plan.schedule.gops():
            yield from self.units[plan.still, clip][gop * self.gop : (gop + 1) * self.gop]


class Replay:
    """One camera, from its first picture on."""

    def __init__(self, plan: CameraPlan, footages: Footages, fps: float, mode: Mode = Mode.ADAPTIVE) -> None:
        self._plan, self._footages, self._fps = plan, footages, fps
        self._gate = ActivityGate(mode, PACE)
        self._ring = PacketRing(RingLimits())
        self._decoder = RingDecoder(StreamInfo(codec="h264"), self._ring)
        self._tally = Tally()

    def run(self, seconds: float) -> Tally:
        """Play so much video."""
        sights = [_Sight(seen) for seen in takewhile(lambda each: each.enter_s < seconds, self._plan.schedule.seen())]
        for number, unit in enumerate(islice(self._footages.play(self._plan), round(seconds * self._fps))):
            self._take(number, unit, number / self._fps, sights)
        tally = self._tally
        tally.seconds = seconds - SETTLE_S
        for sight in sights:
            seen = sight.seen
            if seen.enter_s < SETTLE_S or seen.leave_s > seconds or seen.leave_s - seen.enter_s < LEAST_SEEN_S:
                continue
            tally.missed += not sight.looks_s
            tally.delays_s += [at_s - seen.enter_s for at_s in sight.looks_s[:1]]
            tally.decided_s += [at_s - seen.enter_s for at_s in sight.looks_s[1:2]]
        return tally

    def _take(self, number: int, unit: AccessUnit, now_s: float, sights: list[_Sight]) -> None:
        self._ring.add(StoredUnit(number, now_s, unit))
        begun_s = time.thread_time()
        wish = self._gate.note_unit(unit.size_bytes, unit.is_keyframe, now_s)
        tally = self._tally if now_s >= SETTLE_S else Tally()
        tally.gate_s += time.thread_time() - begun_s
        tally.units += 1
        if wish is None:
            return
        tally.looks += wish is Wish.LOOK
        tally.analyses += wish is Wish.ANALYSE
        near = any(each.seen.enter_s - _BEFORE_S <= now_s <= each.seen.leave_s + _BEFORE_S for each in sights)
        tally.wakes += not unit.is_keyframe and not near
        changed = self._decode(number, now_s, tally)
        if wish is Wish.LOOK and not changed:
            tally.unchanged += 1
            return
        present = [each for each in sights if each.seen.enter_s <= now_s <= each.seen.leave_s]
        for each in present:
            each.looks_s.append(now_s)
        undecided = sum(len(each.looks_s) < _LOOKS_TO_DECIDE for each in present)
        self._gate.note_analysed(len(present), undecided, now_s)

    def _decode(self, number: int, now_s: float, tally: Tally) -> bool:
        before = self._decoder.decoded
        begun_s = time.thread_time()
        frame = self._decoder.decode(number)
        took_s = time.thread_time() - begun_s
        if frame is None:
            raise ValueError(f"picture {number} cannot be decoded")
        count = self._decoder.decoded - before
        with_keyframe = frame.key_frame or (count > 1 and self._began_anew(number, count))
        tally.keyframes += with_keyframe
        tally.inter += count - with_keyframe
        if count == 1 and with_keyframe:
            tally.keyframe_s += took_s
        else:
            tally.inter_s += took_s
        begun_s = time.thread_time()
        changed = self._gate.note_picture(small_luma(frame), now_s)
        tally.luma_s += time.thread_time() - begun_s
        return changed

    def _began_anew(self, number: int, count: int) -> bool:
        return (number - count + 1) % self._footages.gop == 0


def add_up(tallies: list[Tally]) -> Tally:
    """All of them as one."""
    total = Tally()
    for each in tallies:
        for name in Tally.__slots__:
            setattr(total, name, getattr(total, name) + getattr(each, name))
    return total


def quantile(values: list[float], share: float) -> float:
    """A quantile of the values, 0 without any."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]
