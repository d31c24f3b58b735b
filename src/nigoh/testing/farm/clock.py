"""The farm's clock."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FarmClock:
    """Seconds since the farm's start, and the wall-clock time that belongs to them.

    Attributes:
        unix_s, monotonic_s: the start on both clocks.
    """

    unix_s: float = field(default_factory=time.time)
    monotonic_s: float = field(default_factory=time.monotonic)

    def now_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.monotonic_s

    def now_unix_s(self) -> float:
        """The wall-clock time, as if nobody had set the clock since the start."""
        return self.unix_s + self.now_s()
