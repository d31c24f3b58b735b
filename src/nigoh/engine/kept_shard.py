"""One shard that is kept alive: when it is ready, stuck, dead, and when it is started again."""

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from nigoh.domain.camera import Camera
from nigoh.domain.camera_status import CameraStatus, ShardStatus
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import CameraId
from nigoh.engine.executor import RunningShard
from nigoh.engine.shard_seam import LiveOptions, News, Pulse

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionPolicy:
    """When a shard is given up, and when it is started again. All in seconds but `deaths`.

    Attributes:
        start_patience_s: longest time from its start to its first pulse: models may have to be loaded or folded.
        silence_s: longest time without a pulse.
        hang_s: longest time for which its pulses may say that something hangs.
        kill_patience_s: a killed process that is not gone by then, as it waits for a dead disk, is left behind.
        deaths, within_s: a shard that dies so often in this time rests.
        first_rest_s, most_rest_s: how long; twice as long each time.
        forgiven_s: after so long a life its rests are short again.
        probation_s: after a rest it gets its cameras back when it has lived so long.
        end_patience_s: one that was asked to end and has not by then is killed.
        held_up_s: a supervisor that was itself not running for so long blames no shard for silence.
    """

    start_patience_s: float = 60.0
    silence_s: float = 10.0
    hang_s: float = 3.0
    kill_patience_s: float = 5.0
    deaths: int = 3
    within_s: float = 60.0
    first_rest_s: float = 10.0
    most_rest_s: float = 300.0
    forgiven_s: float = 300.0
    probation_s: float = 10.0
    end_patience_s: float = 15.0
    held_up_s: float = 3.0


class KeptShard:
    """One place for a shard, with one life after the other. Owner: the supervisor, in one thread.

    Attributes:
        name: of the shard.
        status: what it last told of itself in this life; None before.
        restarts: lives after the first.
        trouble: why it is not there, "" while it is, and in its first life until its first pulse.
        retry_s: when it is started again.
        crashed: whether what it was doing has ended its last life: a crash, or something that hung.
    """

    def __init__(self, name: str, policy: SupervisionPolicy) -> None:
        self.name = name
        self.status: ShardStatus | None = None
        self.restarts = 0
        self.trouble = ""
        self.retry_s = 0.0
        self.crashed = False
        self._policy = policy
        self._running: RunningShard | None = None
        self._lives = 0
        self._deaths: deque[float] = deque()
        self._rests = 0
        self._on_probation = False
        self._cameras: tuple[Camera, ...] = ()
        self._shows: dict[CameraId, LiveOptions] = {}
        self._rule: NamingRule | None = None
        self._began_s = 0.0
        self._ready_s: float | None = None
        self._pulse_s = 0.0
        self._hangs_since_s: float | None = None
        self._end_s: float | None = None
        self._killed_s: float | None = None
        self._kill_reason = ""
        self._hangs = ""
        self._is_over = False
        self._by_camera: dict[CameraId, CameraStatus] = {}

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """Those that it is to watch."""
        return self._cameras

    @property
    def is_running(self) -> bool:
        """Whether it has a process, be it ready or not."""
        return self._running is not None

    @property
    def is_ready(self) -> bool:
        """Whether it is there and obeys."""
        return self._running is not None and self._ready_s is not None and self._killed_s is None

    @property
    def is_resting(self) -> bool:
        """Whether it has died too often, and is not yet trusted with cameras again."""
        return self._on_probation

    @property
    def is_ending(self) -> bool:
        """Whether it was asked to end."""
        return self._end_s is not None

    def status_of(self, camera: CameraId) -> CameraStatus | None:
        """How one of its cameras is, as it last told; None if it is not there or has not told."""
        return self._by_camera.get(camera) if self.is_ready else None

    def is_due(self, now_s: float) -> bool:
        """Whether it is to be started now."""
        return self._running is None and not self.is_ending and now_s >= self.retry_s

    def begin(self, running: RunningShard, now_s: float, people: Sequence[GalleryChange] = ()) -> None:
        """A life begins: with these people, and with the rule, cameras and views of the last."""
        self._running = running
        self.restarts += self._lives > 0
        self._lives += 1
        self._began_s = self._pulse_s = now_s
        self._ready_s = self._hangs_since_s = self._killed_s = None
        self._kill_reason = self._hangs = ""
        self._is_over = False
        # Before the cameras: everybody is known when the first face comes.
        running.enrol(people)
        if self._rule is not None:
            running.tune(self._rule)
        running.watch(self._cameras)
        for camera, options in self._shows.items():
            running.show(camera, options)

    def watch(self, cameras: Sequence[Camera]) -> None:
        """Watch these from now on, in this life and the next ones."""
        if tuple(cameras) == self._cameras:
            return
        self._cameras = tuple(cameras)
        kept = {camera.name for camera in cameras}
        self._shows = {camera: options for camera, options in self._shows.items() if camera in kept}
        if self._running is not None:
            self._running.watch(self._cameras)

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """Show a camera of its own, or no longer."""
        if options is None:
            self._shows.pop(camera, None)
        else:
            self._shows[camera] = options
        if self._running is not None:
            self._running.show(camera, options)

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """Tell it of changed people; whoever begins its next life tells all of them."""
        if self._running is not None:
            self._running.enrol(changes)

    def tune(self, rule: NamingRule) -> None:
        """Name faces by this rule, in this life and the next ones."""
        self._rule = rule
        if self._running is not None:
            self._running.tune(rule)

    def receive(self, now_s: float) -> list[News]:
        """What it told; its pulses are taken note of."""
        if self._running is None:
            return []
        # Asked first: what a shard that is over has told is all there then.
        self._is_over = not self._running.is_alive
        news = self._running.receive()
        for pulse in news:
            if isinstance(pulse, Pulse) and self._killed_s is None:
                self._note(pulse, now_s)
        return news

    def excuse(self, now_s: float) -> None:
        """It is not to blame for its silence up to now."""
        self._pulse_s = now_s
        self._hangs_since_s = None

    def judge(self, now_s: float) -> bool:
        """Kill it if it is stuck; True if it has died since it was last asked."""
        if self._running is None:
            return False
        if self._is_over:
            self._die(now_s, self._kill_reason or self._running.failure)
            return True
        if self._killed_s is not None:
            if now_s - self._killed_s > self._policy.kill_patience_s:
                self._die(
                    now_s, f"{self._kill_reason}; its process {self._running.pid} does not even end when killed"
                )
                return True
        elif reason := self._stuck(now_s):
            self.kill(reason, now_s)
        return False

    def end(self, now_s: float) -> None:
        """Ask it to end, for good."""
        if self._end_s is None:
            self._end_s = now_s
            if self._running is not None:
                self._running.end()

    def kill(self, reason: str, now_s: float) -> None:
        """End this life."""
        if self._running is not None and self._killed_s is None:
            _log.warning("%s is killed: %s", self.name, reason, extra={"shard": self.name})
            self._killed_s, self._kill_reason = now_s, reason
            self._running.kill()

    def fail(self, reason: str, now_s: float) -> None:
        """It could not even be started."""
        self._die(now_s, reason)

    def _note(self, pulse: Pulse, now_s: float) -> None:
        self.status = pulse.status
        self.trouble = ""
        self._pulse_s = now_s
        if self._ready_s is None:
            self._ready_s = now_s
        if not pulse.hangs:
            self._hangs_since_s = None
        elif self._hangs_since_s is None:
            self._hangs_since_s = now_s
        self._hangs = pulse.hangs
        self._by_camera = {status.camera: status for status in pulse.status.cameras}
        lived_s = now_s - self._ready_s
        self._on_probation = self._on_probation and lived_s < self._policy.probation_s
        if lived_s >= self._policy.forgiven_s:
            self._rests = 0

    def _stuck(self, now_s: float) -> str:
        policy = self._policy
        if self._end_s is not None:
            return "it does not end" if now_s - self._end_s > policy.end_patience_s else ""
        if self._ready_s is None:
            late = now_s - self._began_s > policy.start_patience_s
            return f"it was not ready after {policy.start_patience_s:g} s" if late else ""
        if now_s - self._pulse_s > policy.silence_s:
            return f"no sign of life for {policy.silence_s:g} s"
        if self._hangs_since_s is not None and now_s - self._hangs_since_s >= policy.hang_s:
            return f"it hangs: {self._hangs}"
        return ""

    def _die(self, now_s: float, reason: str) -> None:
        hung = self._killed_s is not None and bool(self._hangs)
        self.crashed = hung or (self._running is not None and self._running.crashed)
        self._running = None
        self._ready_s = None
        self.status = None
        self._by_camera = {}
        if self.is_ending:
            return
        self.trouble = reason or "it ended"
        self._deaths.append(now_s)
        while self._deaths[0] < now_s - self._policy.within_s:
            self._deaths.popleft()
        self.retry_s = now_s
        if self._on_probation or len(self._deaths) >= self._policy.deaths:
            self.retry_s += min(self._policy.first_rest_s * 2**self._rests, self._policy.most_rest_s)
            self._rests += 1
            self._on_probation = True
        wait_s = self.retry_s - now_s
        when = f"in {wait_s:g} s, as it has died too often" if wait_s else "at once"
        _log.error(
            "%s is gone: %s; it is started again %s", self.name, self.trouble, when, extra={"shard": self.name}
        )
