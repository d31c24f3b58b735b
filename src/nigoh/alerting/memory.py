"""What rules remember: whom they told of last and when, and who was on each camera a moment ago."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from nigoh.alerting.seen import Seen
from nigoh.domain.sighting import CameraId

MOST_TOLD = 200_000
MOST_CAMERAS = 10_000
MOST_ON_CAMERA = 32
MOST_OPEN = 20_000

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule told last of somebody.

    Attributes:
        alert: identifier of the alert.
        raised_unix_s: when it was raised.
        last_unix_s: when that appearance was last seen.
        sighting: the last sighting that belongs to it; "" of whoever is missing.
    """

    alert: str
    raised_unix_s: float
    last_unix_s: float
    sighting: str = ""


class Layered(Generic[K, V]):
    """A bounded table whose changes hold only when they are accepted. The longest unchanged goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._changes: dict[K, V | None] = {}

    def get(self, key: K) -> V | None:
        """What stands there now, changes included."""
        return self._changes[key] if key in self._changes else self._kept.get(key)

    def put(self, key: K, value: V | None) -> None:
        """Let this stand there; None: nothing."""
        self._changes[key] = value

    def items(self) -> Iterator[tuple[K, V]]:
        """All that stands there now."""
        for key, value in self._kept.items():
            if key not in self._changes:
                yield key, value
        yield from ((key, value) for key, value in self._changes.items() if value is not None)

    def accept(self) -> None:
        """The changes hold."""
        for key, value in self._changes.items():
            self._kept.pop(key, None)
            if value is not None:
                self._kept[key] = value
        self._changes.clear()
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def reject(self) -> None:
        """It is as it was before the changes."""
        self._changes.clear()


class Memory:
    """Owner: the rule book. Bounded: what is forgotten is at worst told once more.

    Attributes:
        told: by rule, and whom it told of.
        recent: who was on a camera, the last first, a word a track.
        stays: tracks that go on and that a rule of staying is about, by their sighting.
    """

    def __init__(self) -> None:
        self.told: Layered[tuple[str, str], Told] = Layered(MOST_TOLD)
        self.recent: Layered[CameraId, tuple[Seen, ...]] = Layered(MOST_CAMERAS)
        self.stays: Layered[str, Seen] = Layered(MOST_OPEN)

    def note(self, seen: Seen) -> None:
        """Somebody is on a camera."""
        others = (each for each in self.recent.get(seen.camera) or () if each.sighting != seen.sighting)
        self.recent.put(seen.camera, (seen, *others)[:MOST_ON_CAMERA])

    def others(self, seen: Seen, within_s: float) -> Iterator[Seen]:
        """Who else was on that camera at most so long before or after, the last first."""
        for each in self.recent.get(seen.camera) or ():
            apart_s = max(seen.first_unix_s - each.last_unix_s, each.first_unix_s - seen.last_unix_s)
            if each.sighting != seen.sighting and apart_s <= within_s:
                yield each

    def accept(self) -> None:
        """What was noted since the last time holds."""
        for table in (self.told, self.recent, self.stays):
            table.accept()

    def reject(self) -> None:
        """What was noted since the last time never was: it could not be written down."""
        for table in (self.told, self.recent, self.stays):
            table.reject()
