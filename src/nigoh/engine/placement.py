"""Which shard watches which camera: even, and as it was wherever that is good enough.

Moving a camera costs it a reconnection, so an uneven placement is kept until the heaviest shard carries more than the
lightest by a quarter of the mean and by more than one camera.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from nigoh.domain.camera import Camera, Mode, Priority
from nigoh.domain.sighting import CameraId

_CAMERAS_A_SHARD = 100
_TOLERATED_SHARE = 0.25
# Receiving a stream costs about a tenth of analysing one of its frames each second.
_RECEIVING = 0.1


def choose_shards(cameras: int, cores: int, asked: int = 0) -> int:
    """How many shards so many cameras get: one for each 100, which is what a core serves, and no more than cores.

    Args:
        cameras: how many are watched.
        cores: how many the machine has.
        asked: what the user wants instead; 0 leaves the choice here. No shard is ever without a camera.
    """
    if cameras <= 0:
        return 0
    wanted = asked if asked > 0 else min(-(-cameras // _CAMERAS_A_SHARD), cores)
    return max(1, min(wanted, cameras))


def expected_load(camera: Camera) -> float:
    """What a camera is expected to cost, in analysed frames a second."""
    return _RECEIVING + (camera.burst_fps if camera.mode is Mode.FULL else camera.fps)


def place(cameras: Sequence[Camera], shards: Sequence[str], before: Mapping[CameraId, str]) -> Mapping[CameraId, str]:
    """The shard of each camera; the same answer for the same question, in whatever order it is asked.

    Cameras stay where they were while their shard is there. The others go where there is least of their priority, and
    among equals where there is least to do. Afterwards the loads of any two shards differ by at most a quarter of the
    mean, or by the load of one camera.

    Args:
        cameras: to be placed, each name once.
        shards: names of those that may watch.
        before: where cameras were.

    Raises:
        ValueError: there are cameras and no shards.
    """
    if cameras and not shards:
        raise ValueError("cameras are placed on at least one shard")
    plan = _Plan(sorted(shards))
    newcomers = []
    for camera in sorted(cameras, key=lambda each: each.name):
        if before.get(camera.name) in plan.held:
            plan.put(camera, before[camera.name])
        else:
            newcomers.append(camera)
    for camera in sorted(newcomers, key=lambda each: (-each.priority, -expected_load(each), each.name)):
        plan.put(camera, plan.best_for(camera))
    plan.even_out()
    return {camera.name: shard for shard, held in plan.held.items() for camera in held}


class _Plan:
    """A placement in the making. Owner: one call of `place`."""

    def __init__(self, shards: Sequence[str]) -> None:
        self.held: dict[str, list[Camera]] = {shard: [] for shard in shards}
        self._load = dict.fromkeys(shards, 0.0)
        self._of_priority: defaultdict[tuple[str, Priority], float] = defaultdict(float)

    def put(self, camera: Camera, shard: str) -> None:
        self.held[shard].append(camera)
        self._count(camera, shard, expected_load(camera))

    def best_for(self, camera: Camera) -> str:
        return min(self.held, key=lambda shard: (self._of_priority[shard, camera.priority], self._load[shard], shard))

    def even_out(self) -> None:
        """Move one camera after the other from the heaviest shard to the lightest, until they are near enough.

        Each move lessens the sum of squared loads, so that it ends.
        """
        while self.held:
            heaviest = max(self.held, key=lambda shard: (self._load[shard], shard))
            lightest = min(self.held, key=lambda shard: (self._load[shard], shard))
            gap = self._load[heaviest] - self._load[lightest]
            largest = max((expected_load(camera) for camera in self.held[heaviest]), default=0.0)
            tolerated = max(_TOLERATED_SHARE * sum(self._load.values()) / len(self._load), largest)
            if gap <= tolerated * (1 + 1e-9):
                return
            self._move(self._to_move(heaviest, lightest, gap), heaviest, lightest)

    def _to_move(self, heaviest: str, lightest: str, gap: float) -> Camera:
        """The camera of the priority that is least even; among those the one that closes the gap best."""

        def merit(camera: Camera) -> tuple[float, float, CameraId]:
            uneven = self._of_priority[heaviest, camera.priority] - self._of_priority[lightest, camera.priority]
            return -round(uneven, 6), abs(gap - 2 * expected_load(camera)), camera.name

        return min(self.held[heaviest], key=merit)

    def _move(self, camera: Camera, source: str, target: str) -> None:
        self.held[source].remove(camera)
        self._count(camera, source, -expected_load(camera))
        self.put(camera, target)

    def _count(self, camera: Camera, shard: str, load: float) -> None:
        self._load[shard] += load
        self._of_priority[shard, camera.priority] += load
