"""When pictures were taken, on this machine's clock: from the camera's timestamps and the times of their arrival."""

_BUCKET_S = 5.0
"""The least delay is looked for in the last one to two of these: long enough to meet a packet that had free way, and
short enough that the drift of a camera's clock, some 100 ppm, stays at a millisecond."""

_JUMP_S = 1.0
"""Timestamps that move by so much more than time does have jumped."""


class StreamClock:
    """Places one connection's pictures in monotonic seconds. Owner: the thread that takes the pictures.

    A network can only delay: the least difference between arrival and timestamp is the way's true delay, and what
    comes later than that was held up. A clock that jumps, in either direction, is taken as it is from there on. What
    comes out never runs backwards and never lies after the arrival.
    """

    def __init__(self) -> None:
        self._last_t_s = 0.0
        self._captured_s = float("-inf")
        self._bucket_ends_s = float("-inf")
        self._offset_s = float("inf")
        self._bucket_offset_s = float("inf")

    def place(self, t_s: float, arrived_s: float) -> float:
        """When a picture was taken, in monotonic seconds.

        Args:
            t_s: its timestamp, seconds on the stream's own clock.
            arrived_s: when it came, monotonic seconds, not below that of the one before it.
        """
        offset_s = arrived_s - t_s
        if t_s < self._last_t_s - _JUMP_S or offset_s < self._offset_s - _JUMP_S:
            # Backwards; or so far forwards that the picture would come out of the future.
            self._offset_s = self._bucket_offset_s = offset_s
            self._bucket_ends_s = arrived_s + _BUCKET_S
        elif arrived_s >= self._bucket_ends_s:
            # The finished bucket's least is what holds from here on; older ones are forgotten.
            self._offset_s = min(self._bucket_offset_s, offset_s)
            self._bucket_offset_s = offset_s
            self._bucket_ends_s = arrived_s + _BUCKET_S
        elif offset_s < self._bucket_offset_s:
            self._bucket_offset_s = offset_s
            self._offset_s = min(self._offset_s, offset_s)
        self._last_t_s = t_s
        captured_s = t_s + self._offset_s
        if captured_s > self._captured_s:
            # Rounding may put it a hair after its arrival.
            self._captured_s = min(captured_s, arrived_s)
        return self._captured_s
