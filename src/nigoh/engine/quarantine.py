"""Which cameras are left alone because what they send ends the processes that decode it."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from nigoh.domain.sighting import CameraId


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinePolicy:
    """When a camera is left alone, and for how long. In seconds but `deaths`.

    Attributes:
        deaths, within_s: a camera that was being decoded at so many crashes in this time is left alone. One crash
            names each camera that was at a decoder just then, most of them by chance; three name one.
        first_s, most_s: how long; twice as long each time.
    """

    deaths: int = 3
    within_s: float = 600.0
    first_s: float = 600.0
    most_s: float = 86_400.0


class Quarantine:
    """Who was there when a shard crashed, and who is left alone for it. Owner: the supervisor, in one thread."""

    def __init__(self, policy: QuarantinePolicy | None = None) -> None:
        self._policy = policy or QuarantinePolicy()
        self._crashes: dict[CameraId, deque[float]] = {}
        self._times: dict[CameraId, int] = {}
        self._until_s: dict[CameraId, float] = {}

    def note_crash(self, decoded: Iterable[CameraId], now_s: float) -> list[CameraId]:
        """A shard has crashed while it decoded these. Returns those that are left alone from now on."""
        caught = []
        for camera in decoded:
            crashes = self._crashes.setdefault(camera, deque())
            crashes.append(now_s)
            while crashes[0] < now_s - self._policy.within_s:
                crashes.popleft()
            if len(crashes) >= self._policy.deaths and camera not in self._until_s:
                times = self._times.get(camera, 0)
                self._until_s[camera] = now_s + min(self._policy.first_s * 2.0 ** min(times, 20), self._policy.most_s)
                self._times[camera] = times + 1
                crashes.clear()
                caught.append(camera)
        return caught

    def release(self, now_s: float) -> list[CameraId]:
        """Those that are tried again from now on."""
        freed = [camera for camera, until_s in self._until_s.items() if now_s >= until_s]
        for camera in freed:
            del self._until_s[camera]
        return freed

    def forget(self, kept: Iterable[CameraId]) -> None:
        """All but these are not watched any more."""
        names = set(kept)
        for told in (self._crashes, self._times, self._until_s):
            for camera in told.keys() - names:
                del told[camera]

    def until_s(self, camera: CameraId) -> float | None:
        """Until when it is left alone; None: it is not."""
        return self._until_s.get(camera)
