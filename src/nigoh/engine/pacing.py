"""Who connects when: no storm of connections, and no waste of them on a host that is gone."""

from collections import deque
from dataclasses import dataclass, field

from nigoh.domain.camera import Camera, Priority
from nigoh.domain.camera_status import LinkState
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId
from nigoh.engine.link import Link

_SPREAD_S = 0.01
"""What a burst may take without holding up the next one: that one is spread alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingLimits:
    """How fast cameras are connected.

    Attributes:
        most: connections in any window, but for first ones. Each shard has its share of the engine's.
        most_first: first connections in any window: a fresh start is to be quick.
        window_s: the sliding window; a little over a second, as what leaves here a second apart may arrive closer.
            Each hundredth costs the last of 200 cameras a tenth of a second.
        host_failures: cameras of one host that have to fail one after another until the host is held to be gone.
        probe_s: least time between two probes of a host that is gone. One that is gone for long is probed more
            rarely, up to `most_probe_s`.
        most_probe_s: see above.
    """

    most: int = 20
    most_first: int = 100
    window_s: float = 1.002
    host_failures: int = 3
    probe_s: float = 0.2
    most_probe_s: float = 2.0

    def __post_init__(self) -> None:
        if self.most < 1 or self.most_first < 1:
            raise ValueError("at least one connection a window is allowed")

    def share(self, shards: int) -> "PacingLimits":
        """Of one of so many shards, at least one connection a window."""
        return PacingLimits(
            most=max(self.most // shards, 1),
            most_first=max(self.most_first // shards, 1),
            window_s=self.window_s,
            host_failures=self.host_failures,
            probe_s=self.probe_s,
            most_probe_s=self.most_probe_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A camera that waits for its connection.

    Attributes:
        camera: its name.
        host: host and port, "" for what is on this machine.
        priority: who goes first.
        since_s: since when it waits.
        due_s: when it may be tried.
        is_first: it has never been tried.
        unreachable: its last try ended before the camera answered.
    """

    camera: CameraId
    host: str
    priority: Priority
    since_s: float
    due_s: float
    is_first: bool = False
    unreachable: bool = False


def waiting(camera: Camera, link: Link) -> Waiting:
    """A camera whose link is IDLE or RETRYING."""
    return Waiting(
        camera=camera.name,
        host=host_of(camera.url),
        priority=camera.priority,
        since_s=link.since_s,
        due_s=link.since_s if link.next_try_s is None else link.next_try_s,
        is_first=link.state is LinkState.IDLE and link.failures == 0,
        unreachable=link.unreachable,
    )


def host_of(url: CameraUrl) -> str:
    """Host and port as they stand in the address: cameras behind one recorder share them."""
    return url.name.partition("/")[0].lower()


class ConnectPacer:
    """Chooses who connects. Owned by whoever connects a shard's cameras; one thread. All times are monotonic seconds.

    Higher priorities go first, then who waits longest. When several cameras of a host fail one after another before
    they answer, the host is held to be gone: of its cameras only a probe now and then is let through. The first one
    that answers releases the others at once, also those that would have waited longer.
    """

    def __init__(self, limits: PacingLimits | None = None) -> None:
        self._limits = limits or PacingLimits()
        self._waiting: dict[CameraId, Waiting] = {}
        self._hosts: dict[str, _Host] = {}
        self._recent = _Window(self._limits.most, self._limits.window_s)
        self._recent_first = _Window(self._limits.most_first, self._limits.window_s)
        self._probes = _Window(max(self._limits.most // 2, 1), self._limits.window_s)
        self._taken_s = float("-inf")

    def wait(self, waits: Waiting, now_s: float) -> None:
        """A camera waits from now on: it is new, or has failed."""
        self._waiting[waits.camera] = waits
        if not waits.unreachable or not waits.host:
            return
        host = self._hosts.setdefault(waits.host, _Host())
        host.failed.add(waits.camera)
        if host.gone_since_s is None and len(host.failed) >= self._limits.host_failures:
            host.gone_since_s = host.probed_s = now_s

    def leave(self, camera: CameraId) -> None:
        """A camera is not to be connected any more: removed, or at rest."""
        self._waiting.pop(camera, None)
        for name, host in list(self._hosts.items()):
            host.failed.discard(camera)
            if not host.failed:
                del self._hosts[name]

    def reached(self, host: str, now_s: float) -> None:
        """A camera of this host has answered."""
        known = self._hosts.pop(host, None)
        if known is None or known.gone_since_s is None:
            return
        for name in known.failed & self._waiting.keys():
            waits = self._waiting[name]
            self._waiting[name] = Waiting(
                camera=name, host=host, priority=waits.priority, since_s=waits.since_s, due_s=min(waits.due_s, now_s)
            )

    def take(self, now_s: float) -> list[CameraId]:
        """Those who connect now; they wait no longer."""
        due = [waits for waits in self._waiting.values() if waits.due_s <= now_s]
        # Probes come last: they may not cost a camera its turn whose host is there.
        due.sort(key=lambda waits: (self._is_gone(waits.host), -waits.priority, waits.since_s))
        chosen = [waits.camera for waits in due if self._admits(waits, now_s)]
        for camera in chosen:
            del self._waiting[camera]
        self._taken_s = now_s
        return chosen

    def settle(self, now_s: float) -> None:
        """Who was taken last is connected by now: on a busy machine that is later, and the limits count from then."""
        if now_s - self._taken_s > _SPREAD_S:
            for window in (self._recent, self._recent_first, self._probes):
                window.settle(self._taken_s, now_s)

    def next_s(self, now_s: float) -> float | None:
        """When there will be somebody to take, so that its owner may sleep until then; None while nobody waits."""
        return min((max(waits.due_s, self._opens_s(waits, now_s)) for waits in self._waiting.values()), default=None)

    def _is_gone(self, host: str) -> bool:
        known = self._hosts.get(host)
        return known is not None and known.gone_since_s is not None

    def _admits(self, waits: Waiting, now_s: float) -> bool:
        if self._opens_s(waits, now_s) > now_s:
            return False
        if self._is_gone(waits.host):
            self._hosts[waits.host].probed_s = now_s
            self._probes.note(now_s)
            self._recent.note(now_s)
        else:
            (self._recent_first if waits.is_first else self._recent).note(now_s)
        return True

    def _opens_s(self, waits: Waiting, now_s: float) -> float:
        """From when on the limits let a camera through, as things stand."""
        host = self._hosts.get(waits.host)
        if host is None or host.gone_since_s is None:
            return (self._recent_first if waits.is_first else self._recent).opens_s(now_s)
        pause_s = max((host.probed_s - host.gone_since_s) / 100, self._limits.probe_s)
        probe_s = host.probed_s + min(pause_s, self._limits.most_probe_s)
        return max(probe_s, self._probes.opens_s(now_s), self._recent.opens_s(now_s))


@dataclass(slots=True)
class _Host:
    """A host that does not answer.

    Attributes:
        failed: the cameras that failed since the last one answered.
        gone_since_s: since when it is held to be gone, None while it is not.
        probed_s: when it was last tried.
    """

    failed: set[CameraId] = field(default_factory=set)
    gone_since_s: float | None = None
    probed_s: float = 0.0


class _Window:
    """Lets so many through in any window of so many seconds."""

    def __init__(self, most: int, window_s: float) -> None:
        self._most = most
        self._window_s = window_s
        self._admitted: deque[float] = deque()

    def opens_s(self, now_s: float) -> float:
        """From when on there is room for one more, not before now."""
        while self._admitted and self._admitted[0] + self._window_s <= now_s:
            self._admitted.popleft()
        return now_s if len(self._admitted) < self._most else self._admitted[0] + self._window_s

    def note(self, now_s: float) -> None:
        """One has gone through."""
        self._admitted.append(now_s)

    def settle(self, noted_s: float, now_s: float) -> None:
        """What was noted last, at `noted_s`, has really happened now."""
        for at in range(len(self._admitted) - 1, -1, -1):
            if self._admitted[at] != noted_s:
                break
            self._admitted[at] = now_s
