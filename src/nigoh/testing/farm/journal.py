"""Keeps the record of a farm's run: who has appeared, which faults were asked for."""

from collections import deque
from pathlib import Path

from nigoh.domain.farm_truth import FarmDisturbance, FarmStart, FarmTruth
from nigoh.domain.sighting import CameraId
from nigoh.storage.farm_truth_file import FarmTruthFile
from nigoh.testing.farm.plan import FarmPlan

_MOST_DISTURBANCES = 10_000


class Journal:
    """Owns the record and, if there is one, the truth file. Written by one thread; any may read the truth.

    Args:
        plan: the cameras.
        start: when they began.
        path: of the truth file, or None.
    """

    def __init__(self, plan: FarmPlan, start: FarmStart, path: Path | None) -> None:
        """Begin the file. Raises OutputError."""
        self.start = start
        self._plan = plan
        self._file = FarmTruthFile(path, start) if path is not None else None
        self._coming = plan.appearances(start.unix_s)
        self._next = next(self._coming, None)
        self._disturbances: deque[FarmDisturbance] = deque(maxlen=_MOST_DISTURBANCES)

    def keep(self, now_unix_s: float) -> None:
        """Write down who has entered until now. Raises OutputError."""
        while self._file is not None and self._next is not None and self._next.enter_unix_s <= now_unix_s:
            self._file.appeared(self._next)
            self._next = next(self._coming, None)

    def note(self, kind: str, camera: CameraId | None, now_unix_s: float) -> None:
        """Write down a fault. Raises OutputError."""
        disturbance = FarmDisturbance(kind=kind, camera=camera, unix_s=round(now_unix_s, 3))
        self._disturbances.append(disturbance)
        if self._file is not None:
            self._file.disturbed(disturbance)

    def end(self, now_unix_s: float) -> None:
        """Write down the end. Raises OutputError."""
        if self._file is not None:
            with self._file:
                self.keep(now_unix_s)
                self._file.ended(round(now_unix_s, 3))

    def truth(self, now_unix_s: float, *, ended: bool) -> FarmTruth:
        """The record until now. Of the faults the last 10,000 are in it."""
        return FarmTruth(
            start=self.start,
            appearances=self._plan.appeared(self.start.unix_s, now_unix_s),
            disturbances=tuple(self._disturbances),
            ended_unix_s=now_unix_s if ended else None,
        )
