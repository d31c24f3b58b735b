"""A simulated camera at work: which picture it takes now, and who gets it."""

import math
from fractions import Fraction

from nigoh.testing.farm.faults import ActiveFaults, FaultKind
from nigoh.testing.farm.footage import Footage
from nigoh.testing.farm.plan import CameraPlan
from nigoh.testing.farm.rtp import CLOCK_HZ
from nigoh.testing.farm.sdp import StreamFormat
from nigoh.testing.farm.viewer import Counts, Viewer


class SimulatedCamera:
    """Owns its place in its schedule, its viewers and its faults. Times are seconds since the farm's start.

    Attributes:
        plan: what it shows.
        faults: what is wrong with it.
        viewers: who is being sent its pictures.
        gone: what those were sent who no longer are.

    It takes pictures whether or not anybody looks, as a camera does; with nobody looking that costs nothing.
    """

    def __init__(self, plan: CameraPlan, footage: Footage, rate: Fraction) -> None:
        self.plan = plan
        self.faults = ActiveFaults()
        self.viewers: set[Viewer] = set()
        self.gone = Counts()
        self._scene, self._other_size = footage.scenes[plan.still], footage.other_size
        self._rate, self._interval_s, self._gop = rate, float(1 / rate), self._scene.empty.gop
        self._gops = plan.schedule.gops()
        self._place = -1
        self._clip, self._first = self._scene.empty, 0

    def stream(self, now_s: float) -> StreamFormat:
        """What its pictures are like now."""
        clip = self._other_size if self.faults.has(FaultKind.RESIZE, now_s) else self._scene.empty
        return clip.stream

    def taken(self, now_s: float) -> int:
        """How many pictures it has taken."""
        return max(0, math.floor((now_s - self.plan.phase_s) / self._interval_s) + 1)

    def due_s(self, number: int) -> float:
        """When it takes a picture, counted from 0."""
        return self.plan.phase_s + number * self._interval_s

    def ticks(self, number: int) -> int:
        """When it takes a picture, on the clock of its stream."""
        return number * CLOCK_HZ * self._rate.denominator // self._rate.numerator

    def next_keyframe(self, now_s: float) -> int:
        """The number of the next picture that a viewer can begin with."""
        return -(-self.taken(now_s) // self._gop) * self._gop

    def part_from(self, viewer: Viewer) -> None:
        """Send a viewer no more pictures; what it was sent stays counted."""
        if viewer in self.viewers:
            self.viewers.discard(viewer)
            self.gone.add(viewer.counts)
            viewer.end()

    def send(self, number: int, now_s: float, unix_s: float) -> None:
        """Take a picture and give it to all viewers. Numbers only grow; some may be left out."""
        if self.faults and self._is_silent(now_s):
            return
        gop, row = divmod(number, self._gop)
        self._advance_to(gop, now_s)
        picture, ticks = self._clip.pictures[self._first + row], self.ticks(number)
        for viewer in tuple(self.viewers):
            viewer.offer(picture, ticks, now_s)
            viewer.report(ticks, unix_s, now_s)

    def _is_silent(self, now_s: float) -> bool:
        return self.faults.has(FaultKind.FREEZE, now_s) or self.faults.has(FaultKind.HANG, now_s)

    def _advance_to(self, gop: int, now_s: float) -> None:
        """Go on to a group of pictures; what it shows stays until its end, as a camera changes at keyframes."""
        if gop <= self._place:
            return
        number, row = None, 0
        while self._place < gop:
            number, row = next(self._gops)
            self._place += 1
        self._clip = self._scene.clip(number)
        if self.faults.has(FaultKind.RESIZE, now_s):
            self._clip, row = self._other_size, gop % self._other_size.gops
        self._first = row * self._gop
