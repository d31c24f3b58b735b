"""Keeps cameras watched: starts shards, spreads cameras over them, and replaces what dies or hangs."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import psutil

from nigoh.domain.camera import Camera
from nigoh.domain.camera_status import CameraStatus, EngineStatus, LinkState, ShardStatus
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import CameraId
from nigoh.engine.camera_counts import CountBook
from nigoh.engine.executor import Executor, Wake
from nigoh.engine.gallery_book import GalleryBook
from nigoh.engine.kept_shard import KeptShard, SupervisionPolicy
from nigoh.engine.placement import place
from nigoh.engine.quarantine import Quarantine
from nigoh.engine.shard_seam import BuildShard, LiveOptions, LivePicture, News, Pulse, SightingNews

_log = logging.getLogger(__name__)

_POISON = "decoding what it sends has ended the engine's processes again and again"


@dataclass(frozen=True, slots=True)
class CameraChange:
    """A camera is in another state, or for another reason, or tried at another time."""

    status: CameraStatus


EngineNews = SightingNews | LivePicture | CameraChange
"""What the engine tells."""

TellEngine = Callable[[EngineNews], None]
"""Takes the engine's news, in the thread that steps it. While it does not return, shards keep their sightings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """How shards come to be.

    Attributes:
        executor: what runs them.
        build: makes one.
        choose: how many there are for so many cameras; see `placement.choose_shards`.
        policy: when they are given up and started again.
        decoded: the cameras that the last life of the shard of this name was decoding when it ended.
    """

    executor: Executor
    build: BuildShard
    choose: Callable[[int], int]
    policy: SupervisionPolicy = field(default_factory=SupervisionPolicy)
    decoded: Callable[[str], Sequence[CameraId]] = lambda _shard: ()


class Supervisor:
    """Owns the shards and the set of wanted cameras. One thread steps it; any thread may call the rest.

    It never waits: whoever steps it decides when, at least once a second, and is woken when there is news.
    """

    def __init__(
        self, staffing: Staffing, tell: TellEngine, wake: Wake, *, wall_clock: Callable[[], float] = time.time
    ) -> None:
        self._staffing = staffing
        self._tell = tell
        self._wake = wake
        self._wall_clock = wall_clock
        self._started_unix_s = wall_clock()
        self._lock = threading.RLock()
        self._wanted: dict[CameraId, Camera] = {}
        self._people = GalleryBook()
        self._rule: NamingRule | None = None
        self._shards: dict[str, KeptShard] = {}
        self._retiring: list[KeptShard] = []
        self._placed: dict[CameraId, str] = {}
        self._placed_for: tuple[int, tuple[str, ...]] = (0, ())
        self._version = 0
        self._may_have_changed = False
        self._quarantine = Quarantine()
        self._books: dict[CameraId, CountBook] = {}
        self._shown: dict[CameraId, LiveOptions] = {}
        self._told: dict[CameraId, CameraStatus] = {}
        self._last_step_s: float | None = None
        self._now_s = 0.0
        self._is_ending = False

    def watch(self, cameras: Sequence[Camera]) -> None:
        """Watch these from now on: new ones begin, missing ones end, changed ones begin anew, others go on."""
        with self._lock:
            self._wanted = {camera.name: camera for camera in cameras}
            self._version += 1
            self._quarantine.forget(self._wanted)
            for name in self._books.keys() - self._wanted.keys():
                del self._books[name]
                self._told.pop(name, None)
            for name in self._wanted:
                self._books.setdefault(name, CountBook())
        self._wake()

    def show(self, camera: CameraId, options: LiveOptions | None) -> bool:
        """Tell live pictures of a camera from now on; None: no longer. False: there is no such camera."""
        with self._lock:
            if options is None:
                self._shown.pop(camera, None)
            if camera not in self._wanted:
                return False
            if options is not None:
                # Kept while its viewers stay, also when the camera is taken away and given back.
                self._shown[camera] = options
            shard = self._shards.get(self._placed.get(camera, ""))
            if shard is not None:
                shard.show(camera, options)
            return True

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """Know these people as they are now, in all shards and in those that start later."""
        with self._lock:
            self._people.put(changes)
            for shard in self._all():
                shard.enrol(changes)

    def tune(self, rule: NamingRule) -> None:
        """Name faces by this rule from now on, in all shards and in those that start later."""
        with self._lock:
            self._rule = rule
            for shard in self._all():
                shard.tune(rule)

    def name_of(self, person: str) -> str:
        """What an enrolled person is called; whoever is not known here is called what they are enrolled as."""
        return self._people.name_of(person)

    def end(self) -> None:
        """End all shards in an orderly way; it is over some steps later."""
        with self._lock:
            self._is_ending = True
        self._wake()

    @property
    def is_over(self) -> bool:
        """Whether it was asked to end and nothing runs any more."""
        with self._lock:
            return self._is_ending and not any(shard.is_running for shard in self._all())

    def step(self, now_s: float) -> None:
        """Do what is to be done now, on the monotonic clock: take news, see who died, start, place, tell."""
        with self._lock:
            self._now_s = now_s
            self._excuse_silence(now_s)
            news = [each for shard in self._all() for each in self._attend(shard, now_s)]
            self._retiring = [shard for shard in self._retiring if shard.is_running]
            if self._is_ending:
                for shard in self._all():
                    shard.end(now_s)
            else:
                self._version += len(self._quarantine.release(now_s))
                self._staff(now_s)
                self._place()
                self._start(now_s)
            told: list[EngineNews] = [each for each in news if not isinstance(each, Pulse)]
            if self._may_have_changed and not self._is_ending:
                told += self._changes()
        for each in told:
            self._pass_on(each)

    def status(self) -> EngineStatus:
        """All of it now."""
        process = psutil.Process()
        with process.oneshot():
            times, resident = process.cpu_times(), process.memory_info().rss
        with self._lock:
            names = sorted(self._shards, key=_number)
            apart = tuple(name for name in self._wanted if self._quarantine.until_s(name) is not None)
            shards = tuple(
                self._shard_status(self._shards[name], apart if name == names[0] else ()) for name in names
            )
        return EngineStatus(
            unix_s=self._wall_clock(),
            started_unix_s=self._started_unix_s,
            pid=process.pid,
            cpu_s=times.user + times.system,
            resident_bytes=resident,
            shards=shards,
        )

    def _all(self) -> list[KeptShard]:
        return [*self._shards.values(), *self._retiring]

    def _excuse_silence(self, now_s: float) -> None:
        if self._last_step_s is not None and now_s - self._last_step_s > self._staffing.policy.held_up_s:
            for shard in self._all():
                shard.excuse(now_s)
        self._last_step_s = now_s

    def _attend(self, shard: KeptShard, now_s: float) -> list[News]:
        """One shard's news and health. Whatever goes wrong here costs this shard alone."""
        news: list[News] = []
        died = False
        try:
            news += shard.receive(now_s)
            died = shard.judge(now_s)
        except Exception as error:  # noqa: BLE001 - the supervisor's own rule: nothing that a shard does ends the engine
            _log.exception("%s cannot be attended to", shard.name, extra={"shard": shard.name})
            shard.kill(f"{type(error).__name__}: {error}", now_s)
        self._keep_books(shard, news)
        if died:
            self._may_have_changed = True
            self._suspect(shard, now_s)
            for camera in shard.cameras:
                if self._placed.get(camera.name) == shard.name and camera.name in self._books:
                    self._books[camera.name].close()
        return news

    def _suspect(self, shard: KeptShard, now_s: float) -> None:
        """Leave alone whoever was being decoded at one crash after the other."""
        if not shard.crashed:
            return
        here = self._staffing.decoded(shard.name)
        for camera in self._quarantine.note_crash((name for name in here if name in self._wanted), now_s):
            self._version += 1
            _log.error("%s is left alone for a while: decoding it ends the engine's processes", camera,
                       extra={"camera": camera})  # fmt: skip

    def _keep_books(self, shard: KeptShard, news: Sequence[News]) -> None:
        for pulse in news:
            if not isinstance(pulse, Pulse):
                continue
            self._may_have_changed = True
            for status in pulse.status.cameras:
                # A camera that has moved away is still in the pulses of a moment.
                if self._placed.get(status.camera) == shard.name and status.camera in self._books:
                    self._books[status.camera].take(status)

    def _staff(self, now_s: float) -> None:
        """As many places for shards as there are to be."""
        count = self._staffing.choose(len(self._wanted))
        for number in range(count):
            name = f"shard-{number + 1}"
            if name not in self._shards:
                self._shards[name] = KeptShard(name, self._staffing.policy)
                if self._rule is not None:
                    self._shards[name].tune(self._rule)
        for name in sorted(self._shards, key=_number)[count:]:
            shard = self._shards.pop(name)
            shard.end(now_s)
            self._retiring.append(shard)

    def _place(self) -> None:
        """Each camera on a shard that works; where none does, on any."""
        trusted = tuple(name for name, shard in self._shards.items() if not shard.is_resting)
        question = (self._version, trusted or tuple(self._shards))
        if question == self._placed_for:
            return
        before = self._placed
        trusted_cameras = [each for each in self._wanted.values() if self._quarantine.until_s(each.name) is None]
        self._placed = dict(place(trusted_cameras, question[1], before))
        self._placed_for = question
        self._may_have_changed = True
        for camera, home in self._placed.items():
            if before.get(camera, home) != home:
                self._books[camera].close()
                _log.info("%s moves from %s to %s", camera, before[camera], home, extra={"camera": camera})
        for shard in self._shards.values():
            shard.watch([camera for camera in trusted_cameras if self._placed[camera.name] == shard.name])
        for camera, options in self._shown.items():
            if camera in self._placed and before.get(camera) != self._placed[camera]:
                self._shards[self._placed[camera]].show(camera, options)

    def _start(self, now_s: float) -> None:
        staffing = self._staffing
        for shard in self._shards.values():
            if shard.is_due(now_s):
                self._may_have_changed = True
                try:
                    running = staffing.executor.start(shard.name, staffing.build, self._wake)
                    shard.begin(running, now_s, self._people.everybody)
                except Exception as error:  # noqa: BLE001 - as in _attend: the other shards go on
                    shard.fail(f"it cannot be started: {type(error).__name__}: {error}", now_s)

    def _pass_on(self, news: EngineNews) -> None:
        try:
            self._tell(news)
        except Exception:  # noqa: BLE001 - as in _attend: what cannot take one word may take the next
            _log.exception("news of a camera could not be passed on", extra={"camera": _camera_of(news)})

    def _changes(self) -> list[EngineNews]:
        self._may_have_changed = False
        changes: list[EngineNews] = []
        for name in self._wanted:
            now = self._camera_state(name)
            before = self._told.get(name)
            if before is None or _gist(before) != _gist(now):
                self._told[name] = now
                changes.append(CameraChange(replace(now, counts=self._books[name].total)))
        return changes

    def _shard_status(self, shard: KeptShard, apart: Sequence[CameraId]) -> ShardStatus:
        """A shard and its cameras; those that are left alone are on none, and are told with the first."""
        status = shard.status or ShardStatus(
            shard=shard.name, pid=0, cpu_s=0.0, resident_bytes=0, threads=0, descriptors=0
        )
        shown = [
            *apart,
            *(each.name for each in shard.cameras if each.name in self._wanted and each.name not in apart),
        ]
        cameras = tuple(replace(self._camera_state(name), counts=self._books[name].total) for name in shown)
        return replace(status, shard=shard.name, cameras=cameras, restarts=shard.restarts)

    def _camera_state(self, name: CameraId) -> CameraStatus:
        """How a camera is, but for its counts: as its shard says, or that its shard is not there."""
        if (until_s := self._quarantine.until_s(name)) is not None:
            return self._unwatched(name, None, LinkState.LOST, _POISON, max(until_s - self._now_s, 0.1))
        shard = self._shards.get(self._placed.get(name, ""))
        status = shard.status_of(name) if shard is not None else None
        if status is not None and shard is not None:
            return replace(status, shard=shard.name)
        if shard is None or not shard.trouble:
            return self._unwatched(name, shard, LinkState.IDLE, "", 0.0)
        wait_s = 0.0 if shard.is_running else max(shard.retry_s - self._now_s, 0.0)
        return self._unwatched(name, shard, LinkState.LOST, f"{shard.name}: {shard.trouble}", wait_s)

    def _unwatched(
        self, name: CameraId, shard: KeptShard | None, state: LinkState, reason: str, wait_s: float
    ) -> CameraStatus:
        """It stays since when it is so, and the time of the next try that was told once."""
        before = self._told.get(name)
        since = next_try = None
        if before is not None and (before.state, before.reason) == (state, reason):
            since, next_try = before.since_unix_s, before.next_try_unix_s
        now_unix_s = self._wall_clock()
        return CameraStatus(
            camera=name,
            shard=shard.name if shard is not None else "",
            state=state,
            reason=reason,
            since_unix_s=now_unix_s if since is None else since,
            next_try_unix_s=None if not wait_s else next_try or now_unix_s + wait_s,
        )


def _gist(status: CameraStatus) -> tuple[object, ...]:
    return status.state, status.reason, status.next_try_unix_s


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])


def _camera_of(news: EngineNews) -> CameraId:
    match news:
        case SightingNews():
            return news.sighting.sighting.camera
        case LivePicture():
            return news.camera
        case CameraChange():
            return news.status.camera
