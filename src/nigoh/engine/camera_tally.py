"""What happens on a camera, counted by the threads that see it happen."""

import threading
from bisect import bisect_left
from dataclasses import fields
from typing import TypedDict, Unpack, cast

from nigoh.domain.camera_status import LATENCY_BOUNDS_S, CameraCounts, Drop


class Increments(TypedDict, total=False):
    """By how much which of `CameraCounts` grow."""

    packets: int
    bytes: int
    lost_packets: int
    received: int
    decoded: int
    offered: int
    unchanged: int
    analysed: int
    faces: int
    faces_offered: int
    embedded: int
    deferred: int
    embedded_late: int
    late_dropped: int
    matched: int
    sightings: int
    reconnects: int


_COUNTED = tuple(sorted(Increments.__optional_keys__))
_TOLD_APART = {"drops", "latency", "latency_sum_s"}
if {field.name for field in fields(CameraCounts)} != {*_COUNTED, *_TOLD_APART}:
    raise TypeError("Increments and CameraCounts name different counts")


class CameraTally:
    """The counts of one camera while they grow.

    Owner: the camera's feed. Any thread may count; what one call counts appears in a snapshot together or not at all,
    so a frame that leaves one count for another is never seen in both or in neither.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(_COUNTED, 0)
        self._drops: dict[Drop, int] = {}
        self._latency = [0] * (len(LATENCY_BOUNDS_S) + 1)
        self._latency_sum_s = 0.0

    def add(self, **increments: Unpack[Increments]) -> None:
        """Let counts grow, as in `add(received=1, bytes=1200)`. A count that does not exist is a KeyError."""
        with self._lock:
            # A TypedDict's values are plain objects to a checker, whatever its fields say.
            for name, increment in cast("dict[str, int]", increments).items():
                self._counts[name] += increment

    def drop(self, cause: Drop, frames: int = 1) -> None:
        """Frames that were offered will not be analysed."""
        with self._lock:
            self._drops[cause] = self._drops.get(cause, 0) + frames

    def observe_latency(self, seconds: float) -> None:
        """An analysed frame's time from its arrival to its results; below zero, as clocks jump, is taken for zero."""
        seconds = max(seconds, 0.0)
        with self._lock:
            self._latency[bisect_left(LATENCY_BOUNDS_S, seconds)] += 1
            self._latency_sum_s += seconds

    def snapshot(self) -> CameraCounts:
        """The counts now."""
        with self._lock:
            return CameraCounts(
                **self._counts,
                drops=dict(self._drops),
                latency=tuple(self._latency),
                latency_sum_s=self._latency_sum_s,
            )


def books_balance(counts: CameraCounts, waiting: int, late_waiting: int) -> bool:
    """Whether every frame and face that was offered is accounted for, as `CameraCounts` promises.

    Args:
        counts: of one camera, or the sums over several.
        waiting: frames on their way.
        late_waiting: faces put aside and not yet embedded or given up.
    """
    frames = counts.analysed + counts.unchanged + waiting + sum(counts.drops.values())
    late_faces = counts.embedded_late + late_waiting + counts.late_dropped
    return (
        counts.offered == frames
        and counts.faces_offered == counts.embedded + counts.deferred
        and counts.deferred == late_faces
    )
