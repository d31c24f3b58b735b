"""The two clocks of an engine: one that only goes forward, and the one on the wall."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clocks:
    """Monotonic seconds for durations; wall time (seconds since 1970) only as a label."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time

    def unix_s(self, monotonic_s: float) -> float:
        """The wall clock's time at a moment, as it is set now."""
        return self.wall() - self.monotonic() + monotonic_s
