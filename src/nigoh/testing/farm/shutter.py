"""When which camera takes its next picture. Time is an argument."""

from collections.abc import Sequence
from heapq import heappop, heappush

from nigoh.testing.farm.simulated_camera import SimulatedCamera

_MOST_BEHIND_S = 2.0


class Shutter:
    """Owns the order in which cameras with viewers take pictures; the others cost nothing.

    Args:
        cameras: all cameras.
        start_unix_s: the wall-clock time at the farm's start.
    """

    def __init__(self, cameras: Sequence[SimulatedCamera], start_unix_s: float) -> None:
        self._cameras, self._start_unix_s = cameras, start_unix_s
        self._due: list[tuple[float, int, int]] = []  # when, which camera, which of its pictures
        self._busy: set[int] = set()

    def begin(self, row: int, now_s: float) -> None:
        """Let a camera take pictures for as long as it has viewers."""
        if row not in self._busy:
            self._busy.add(row)
            self._wait_for(row, self._cameras[row].taken(now_s))

    def release(self, now_s: float) -> float | None:
        """Take all pictures that are due; when the next one is, or None while nobody looks."""
        while self._due and self._due[0][0] <= now_s:
            due_s, row, number = heappop(self._due)
            camera = self._cameras[row]
            if not camera.viewers:
                self._busy.discard(row)
                continue
            camera.send(number, now_s, self._start_unix_s + due_s)
            # After a standstill of the machine a camera does not send everything that it missed.
            self._wait_for(row, max(number + 1, camera.taken(now_s - _MOST_BEHIND_S)))
        return self._due[0][0] if self._due else None

    def _wait_for(self, row: int, number: int) -> None:
        heappush(self._due, (self._cameras[row].due_s(number), row, number))
