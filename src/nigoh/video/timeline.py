"""When each picture was taken, from timestamps that may be missing, repeated or wrong."""

_STEP_S = 0.001
"""What a picture that claims to be no later than the one before it is put behind that one."""

_RESTART_S = 1.0
"""A clock that goes back by more than this has started again; by less, one timestamp was wrong."""

_BEYOND_S = 1.0
"""How far past its stated length a file may go before its timestamps are held to be damaged."""

_DEFAULT_FPS = 25.0


class Timeline:
    """Places pictures on a clock that starts at 0 and only goes forward. Its owner is the thread that decodes.

    The rules, in order: a missing timestamp, or one far beyond the file's stated length, means one frame interval
    after the last picture. A timestamp that goes back by more than a second means that the source's clock has
    started again: from there on everything is moved so that it continues. A smaller step back is a wrong
    timestamp: that picture comes a millisecond after the last one.
    """

    def __init__(self, fps: float, length_s: float | None = None) -> None:
        self._interval_s = 1 / (fps if fps > 0 else _DEFAULT_FPS)
        self._length_s = length_s
        self._offset_s = 0.0
        self._last_s: float | None = None

    @property
    def end_s(self) -> float:
        """The end of the last picture: its time and one frame interval; 0 before the first."""
        return 0.0 if self._last_s is None else self._last_s + self._interval_s

    def place(self, stamp_s: float | None) -> float:
        """Seconds of the next picture, above those of the last one.

        Args:
            stamp_s: what its timestamp says, in seconds since the start of the source, or None.
        """
        self._last_s = self._next(stamp_s)
        return self._last_s

    def _next(self, stamp_s: float | None) -> float:
        if stamp_s is None or (self._length_s is not None and stamp_s > self._length_s + _BEYOND_S):
            return self.end_s
        t_s = stamp_s + self._offset_s
        if self._last_s is None:
            return max(t_s, 0.0)
        if t_s < self._last_s - _RESTART_S:
            self._offset_s += self.end_s - t_s
            return self.end_s
        return max(t_s, self._last_s + _STEP_S) if t_s <= self._last_s else t_s
