"""Which camera's picture is decoded next: one place a camera, the newest picture in it.

Under overload cameras come in turns, so that what cannot be served is shed evenly, and what is served is new. Every
other turn goes by priority alone, then to the camera that has waited longest since its last turn; the turns between
go first to those that fall short of their guaranteed minimum, so that a crowd of important cameras starves nobody.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from nigoh.domain.camera import Priority

K = TypeVar("K")
W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a camera may claim: its priority, and the longest time between two turns that it is guaranteed."""

    priority: Priority
    most_wait_s: float


@dataclass(slots=True)
class _Place(Generic[W]):
    standing: Standing
    want: W | None
    served_s: float
    busy: bool = False


class DecodeDesk(Generic[K, W]):
    """Wants of cameras (keys K) on their way to the decoders. Any thread offers, any takes; it counts nothing itself.

    Args:
        clock: monotonic seconds.
        merge: what the newer want becomes when it takes the place of an older one (older, newer).
    """

    def __init__(self, clock: Callable[[], float], merge: Callable[[W, W], W] = lambda _older, newer: newer) -> None:
        self._clock = clock
        self._merge = merge
        self._places: dict[K, _Place[W]] = {}
        self._waiting: dict[K, _Place[W]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._turn = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def join(self, key: K, standing: Standing) -> None:
        """A camera may offer from now on."""
        with self._changed:
            self._places[key] = _Place(standing, None, self._clock())

    def leave(self, key: K) -> W | None:
        """A camera is gone; what it still wanted."""
        with self._changed:
            place = self._places.pop(key, None)
            self._waiting.pop(key, None)
            return place.want if place else None

    def withdraw(self, key: K) -> W | None:
        """A camera wants nothing any more, for now; what it wanted."""
        with self._changed:
            place = self._places.get(key)
            if place is None:
                return None
            self._waiting.pop(key, None)
            want, place.want = place.want, None
            return want

    def offer(self, key: K, want: W) -> W | None:
        """A camera's newest want takes the place of the one before, which is returned; its own if it has left."""
        with self._changed:
            place = self._places.get(key)
            if place is None or self._closed:
                return want
            before = place.want
            place.want = want if before is None else self._merge(before, want)
            if not place.busy:
                self._waiting[key] = place
                self._changed.notify()
            return before

    def take(self, wait_s: float | None = None) -> tuple[K, W] | None:
        """The next want and whose it is; None when none came in time, or the desk is closed.

        The camera's next want waits until `done`: one thread at a time decodes a camera.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed, wait_s)
            if self._closed or not self._waiting:
                return None
            now_s = self._clock()
            key = self._choose(now_s)
            place = self._waiting.pop(key)
            want, place.want, place.served_s, place.busy = place.want, None, now_s, True
        return None if want is None else (key, want)

    def done(self, key: K) -> None:
        """What was taken of a camera is decoded."""
        with self._changed:
            place = self._places.get(key)
            if place is not None and place.busy:
                place.busy = False
                if place.want is not None:
                    self._waiting[key] = place
                    self._changed.notify()

    def close(self) -> None:
        """No more: whoever waits is woken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _choose(self, now_s: float) -> K:
        if len(self._waiting) == 1:
            return next(iter(self._waiting))
        self._turn += 1
        kept = self._turn % 2 == 0

        def rank(item: tuple[K, _Place[W]]) -> tuple[bool, int, float]:
            place = item[1]
            starves = kept and now_s - place.served_s > place.standing.most_wait_s
            return not starves, -place.standing.priority, place.served_s

        return min(self._waiting.items(), key=rank)[0]
