"""Which share of the last minutes a camera was really watched: overload and outages both lower it."""

import threading
from array import array
from math import floor


class Coverage:
    """Watched time over time that was to be watched, of one camera, over a sliding window.

    Watched is the time before each look at the picture, up to the longest gap that the camera's mode allows: a still
    scene looked at every four seconds is watched, a moving one is not. Time before the first look, after the last one
    is too old, and between looks that are too far apart counts against it; time in which the schedule lets the camera
    rest counts neither way. What is too old falls out of the window a whole bucket at a time.

    Owner: the camera's feed. Any thread may call; times are seconds of one monotonic clock, and a call about a time
    that is already accounted for changes nothing.
    """

    def __init__(self, begun_s: float, window_s: float = 300.0, bucket_s: float = 1.0) -> None:
        if not 0 < bucket_s <= window_s:
            raise ValueError(f"a bucket is above 0 s and within the window of {window_s:g} s, not {bucket_s:g} s")
        self._bucket_s = bucket_s
        self._size = round(window_s / bucket_s)
        self._due = array("d", bytes(8 * self._size))
        self._watched = array("d", bytes(8 * self._size))
        self._newest = floor(begun_s / bucket_s)
        self._settled_s = begun_s
        # Before the first look of a watch there was none that time could have passed since: None.
        self._allowed_gap_s: float | None = None
        self._resting = False
        self._lock = threading.Lock()

    def watched(self, until_s: float, allowed_gap_s: float) -> None:
        """The picture was looked at, or known to be still; since the last such call at most `allowed_gap_s` count."""
        with self._lock:
            if self._resting or until_s < self._settled_s:
                return
            self._settle(until_s, 0.0 if self._allowed_gap_s is None else allowed_gap_s)
            self._allowed_gap_s = allowed_gap_s

    def share(self, now_s: float) -> float:
        """The share in [0, 1] over the window that ends now; 1 while there was nothing to watch."""
        with self._lock:
            oldest = floor(now_s / self._bucket_s) - self._size + 1
            kept = [
                index % self._size for index in range(max(oldest, self._newest - self._size + 1), self._newest + 1)
            ]
            due_s = sum(self._due[slot] for slot in kept)
            watched_s = sum(self._watched[slot] for slot in kept)
            if not self._resting:
                begin_s = max(self._settled_s, oldest * self._bucket_s)
                due_s += max(0.0, now_s - begin_s)
                watched_s += max(0.0, min(now_s, self._settled_s + (self._allowed_gap_s or 0.0)) - begin_s)
            return min(1.0, watched_s / due_s) if due_s > 0 else 1.0

    def pause(self, now_s: float) -> None:
        """The camera rests from now on."""
        with self._lock:
            if not self._resting:
                self._settle(now_s, self._allowed_gap_s or 0.0)
                self._allowed_gap_s = None
                self._resting = True

    def resume(self, now_s: float) -> None:
        """The camera is to be watched again from now on."""
        with self._lock:
            if self._resting:
                self._settled_s = max(self._settled_s, now_s)
                self._resting = False

    def _settle(self, until_s: float, allowed_gap_s: float) -> None:
        """Account for the time until then: all of it was due, its first `allowed_gap_s` were watched."""
        if until_s <= self._settled_s:
            return
        self._advance(floor(until_s / self._bucket_s))
        self._spread(self._due, until_s)
        self._spread(self._watched, min(until_s, self._settled_s + allowed_gap_s))
        self._settled_s = until_s

    def _advance(self, newest: int) -> None:
        """Make room for the buckets up to this one: those they replace are out of the window."""
        for index in range(max(self._newest + 1, newest - self._size + 1), newest + 1):
            self._due[index % self._size] = self._watched[index % self._size] = 0.0
        self._newest = newest

    def _spread(self, buckets: "array[float]", until_s: float) -> None:
        """Add the time from what is settled until then to the buckets it lies in."""
        begin_s = max(self._settled_s, (self._newest - self._size + 1) * self._bucket_s)
        while begin_s < until_s:
            index = floor(begin_s / self._bucket_s)
            end_s = min(until_s, (index + 1) * self._bucket_s)
            if end_s <= begin_s:  # a bucket's edge that rounding has put behind us
                index, end_s = index + 1, min(until_s, (index + 2) * self._bucket_s)
            buckets[index % self._size] += end_s - begin_s
            begin_s = end_s
