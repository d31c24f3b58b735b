"""At most so many pictures a second, evenly."""


class ViewingPace:
    """Picks pictures by their times. One thread at a time.

    The times that are aimed at lie on a grid, so that a camera whose pictures do not fall on it still gives as many
    as were asked for, and over any time not more.

    Args:
        fps: most pictures a second; at least one in an hour.
    """

    def __init__(self, fps: float) -> None:
        self._interval_s = 1 / max(fps, 1 / 3600)
        self._next_s: float | None = None

    def is_due(self, at_s: float) -> bool:
        """Whether a picture of this moment is wanted: it may come half an interval before its time."""
        if self._next_s is None:
            return True
        ahead_s = self._next_s - at_s
        # Further ahead than can be: the clock has gone back.
        return ahead_s <= self._interval_s / 2 or ahead_s > 2 * self._interval_s

    def took(self, at_s: float) -> None:
        """A picture of this moment was taken."""
        on_grid = self._next_s is not None and abs(at_s - self._next_s) < self._interval_s
        self._next_s = (self._next_s if on_grid and self._next_s is not None else at_s) + self._interval_s
