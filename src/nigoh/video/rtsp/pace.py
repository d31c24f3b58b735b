"""When a receiver's loop reads: as packets come, or in beats once there are many cameras.

A loop that wakes up for every packet of 200 cameras does so some 3,000 times a second, and most of its time goes into
waking up. In beats it finds all that has come meanwhile, reads each connection once, and sleeps again.
"""

import selectors
import threading
import time
from enum import Enum, auto

BEAT_S = 0.1
"""From one reading to the next: what it adds to a picture's age at most; at 1 Mbit/s, 12 kB wait in the kernel."""

QUICK_BEAT_S = 0.01
"""The same while a camera is being opened or left, which takes five answers, or sends datagrams."""

LEAST_CONNECTIONS = 16
"""From so many on it pays."""


class Phase(Enum):
    """Where a connection stands.

    RESTLESS: each answer is waited for, or what is not read soon is lost. PLAYING: sends, and loses nothing.
    """

    RESTLESS = auto()
    PLAYING = auto()
    OVER = auto()


class Pace:
    """Counts the connections of a receiver by phase. Any thread may tell and ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._restless = self._playing = 0

    @property
    def beat_s(self) -> float:
        """From one reading to the next; 0: as soon as there is something to read."""
        if self._restless + self._playing < LEAST_CONNECTIONS:
            return 0.0
        return QUICK_BEAT_S if self._restless else BEAT_S

    def move(self, before: Phase, after: Phase) -> None:
        """A connection goes from one phase to another; a new one comes from OVER."""
        with self._lock:
            self._restless += (after is Phase.RESTLESS) - (before is Phase.RESTLESS)
            self._playing += (after is Phase.PLAYING) - (before is Phase.PLAYING)


class PacedSelector(selectors.DefaultSelector):
    """An event loop's selector that keeps a pace. Its owner: the loop's thread."""

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace
        self._last_s = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `selectors.BaseSelector`; timers may be late by a beat. Work that is ready never waits."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        if beat_s := self._pace.beat_s:
            pause_s = self._last_s + beat_s - time.monotonic()
            if pause_s > 0:
                time.sleep(pause_s)
                timeout = None if timeout is None else max(0.0, timeout - pause_s)
            self._last_s = time.monotonic()
        return super().select(timeout)
