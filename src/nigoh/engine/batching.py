"""Values of many cameras, a batch at a time: full, or as old as may be."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class BatchPolicy:
    """When a batch goes.

    Attributes:
        most: at most so many values.
        max_wait_s: a smaller batch goes when its oldest value has waited so long, or when a key of it has another
            value to put: who gathers shall cost nobody a value.
        room: so many values may wait; whoever puts more waits.
    """

    most: int = 8
    max_wait_s: float = 0.0
    room: int = 16

    def wait_s(self, count: int, oldest_s: float, now_s: float) -> float:
        """How much longer a batch of so many values, the oldest put at `oldest_s`, waits for more; 0: it goes."""
        return 0.0 if count >= self.most else max(0.0, oldest_s + self.max_wait_s - now_s)


class Batcher(Generic[K, V]):
    """Gathers values by key, at most one a key. Any thread puts, one takes.

    While the taker is busy a newer value takes the older one's place; while it only waits for more it is sent off.

    Args:
        policy: when a batch goes.
        clock: monotonic seconds.
    """

    def __init__(self, policy: BatchPolicy, clock: Callable[[], float]) -> None:
        self._policy = policy
        self._clock = clock
        self._values: dict[K, _Waiting[V]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._gathering = False
        self._busy = False

    def __len__(self) -> int:
        return len(self._values)

    def put(self, key: K, value: V, then: Callable[[], None] | None = None) -> V | None:
        """Add a value; waits while there is no room. Returns the older one of its key, if it was still here.

        What is put after closing is returned itself.

        Args:
            key: whose.
            value: what.
            then: called once, when it makes sense to prepare the key's next value: at once while the taker waits for
                values, else when it has taken this one. Who prepares values waits for that, and none is made in vain.
        """
        with self._changed:
            if key in self._values and self._gathering:
                self._gathering = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._closed or key not in self._values)
            self._changed.wait_for(lambda: self._closed or key in self._values or self._has_room())
            before = self._values.get(key)
            replaced: V | None = before.value if before else None
            if self._closed:
                replaced, calls = value, [then]
            else:
                calls = [before.then if before else None, None if self._busy else then]
                since_s = before.since_s if before else self._clock()
                self._values[key] = _Waiting(value, since_s, then if self._busy else None)
                self._changed.notify_all()
        _call(calls)
        return replaced

    def take(self, idle_s: float | None = None) -> list[tuple[K, V]] | None:
        """The next batch, oldest first; empty when nothing came for `idle_s`; None when it is closed."""
        with self._changed:
            self._busy = False
            self._changed.wait_for(lambda: self._values or self._closed, idle_s)
            self._gathering = True
            while self._values and not self._closed and self._gathering and (wait_s := self._wait_s()) > 0:
                self._changed.wait(wait_s)
            self._gathering = False
            if self._closed:
                return None
            self._busy = True
            chosen = list(self._values)[: self._policy.most]
            taken = [(key, self._values.pop(key)) for key in chosen]
            self._changed.notify_all()
        _call([waiting.then for _, waiting in taken])
        return [(key, waiting.value) for key, waiting in taken]

    def close(self) -> None:
        """No more: whoever waits is woken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def drain(self) -> list[tuple[K, V]]:
        """What was never taken."""
        with self._changed:
            rest = list(self._values.items())
            self._values.clear()
            self._changed.notify_all()
        _call([waiting.then for _, waiting in rest])
        return [(key, waiting.value) for key, waiting in rest]

    def _has_room(self) -> bool:
        return len(self._values) < self._policy.room

    def _wait_s(self) -> float:
        oldest_s = next(iter(self._values.values())).since_s
        return self._policy.wait_s(len(self._values), oldest_s, self._clock())


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[V]):
    """A value, when its key began to wait, and what is to be called when it is taken."""

    value: V
    since_s: float
    then: Callable[[], None] | None


def _call(calls: Iterable[Callable[[], None] | None]) -> None:
    for call in calls:
        if call is not None:
            call()
