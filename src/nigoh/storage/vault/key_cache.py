"""Unwrapped data keys in memory: few, and for so short a time that a destroyed one is not used for long."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from nigoh.storage.vault.data_keys import DataKey
from nigoh.storage.vault.sealing import MOST_SEALED


@dataclass(slots=True)
class _Entry:
    key: DataKey
    looked_up_s: float
    sealed: int = 0


class KeyCache:
    """The data keys used last, and which one each scope is sealed under. Any thread may use it.

    A key is handed out for `fresh_s` after it was looked up in the database; after that it has to be looked up again,
    and so whoever destroys it in another process is heard within that time.

    Args:
        most: how many keys are kept.
        fresh_s: seconds that a key is used without another look.
        clock: monotonic seconds.
    """

    def __init__(self, most: int, fresh_s: float, clock: Callable[[], float]) -> None:
        self._most = most
        self._fresh_s = fresh_s
        self._clock = clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._active: dict[str, str] = {}
        self._lock = threading.Lock()

    def now(self) -> float:
        """The time to give to `put`: taken before the look-up, not after."""
        return self._clock()

    def get(self, key_id: str) -> DataKey | None:
        """The key, if it was looked up a moment ago."""
        with self._lock:
            entry = self._fresh(key_id)
            return entry.key if entry else None

    def recall(self, key_id: str) -> DataKey | None:
        """The key, however long ago it was looked up: for somebody who has just seen that it is still there."""
        with self._lock:
            entry = self._entries.get(key_id)
            return entry.key if entry else None

    def is_active(self, scope: str) -> bool:
        """Whether the key that a scope is sealed under was looked up a moment ago."""
        with self._lock:
            return self._fresh(self._active.get(scope, "")) is not None

    def take_active(self, scope: str, pieces: int) -> DataKey | None:
        """The key that a scope is sealed under, if it was looked up a moment ago and may seal so many pieces."""
        with self._lock:
            entry = self._fresh(self._active.get(scope, ""))
            if entry is None or entry.sealed + pieces > MOST_SEALED:
                return None
            entry.sealed += pieces
            return entry.key

    def put(self, key: DataKey, looked_up_s: float, *, active: bool) -> None:
        """Keep a key; `active`: its scope is sealed under it, and what says so is committed."""
        with self._lock:
            entry = self._entries.setdefault(key.id, _Entry(key, looked_up_s))
            entry.looked_up_s = max(entry.looked_up_s, looked_up_s)
            self._entries.move_to_end(key.id)
            if active:
                self._active[key.scope] = key.id
            while len(self._entries) > self._most:
                self._forget(next(iter(self._entries)))

    def used_up(self, key_id: str, pieces: int) -> bool:
        """Whether a key has sealed so much in this process that it may not seal so many pieces more."""
        with self._lock:
            entry = self._entries.get(key_id)
            return entry is not None and entry.sealed + pieces > MOST_SEALED

    def forget(self, key_ids: tuple[str, ...]) -> None:
        """Drop keys at once."""
        with self._lock:
            for key_id in key_ids:
                self._forget(key_id)

    def _fresh(self, key_id: str) -> _Entry | None:
        entry = self._entries.get(key_id)
        if entry is None:
            return None
        if self._clock() - entry.looked_up_s > self._fresh_s:
            return None
        self._entries.move_to_end(key_id)
        return entry

    def _forget(self, key_id: str) -> None:
        entry = self._entries.pop(key_id, None)
        if entry is not None and self._active.get(entry.key.scope) == key_id:
            del self._active[entry.key.scope]
