"""What the sizes of a camera's coded pictures tell of its scene, without decoding any.

A picture that builds on others codes what they do not show. In a still scene whose noise the camera has smoothed away
it is tiny (200 bytes at 640x360, where a keyframe has 10,000), and somebody who walks in multiplies it. Where the
camera spends a constant rate on whatever there is, nobody is to be seen in the sizes. Which of it a camera does is
judged from its sizes themselves:

- at rest, by how much of a picture, in bytes of a keyframe, would have to be new until it stood out from how the
  sizes vary by themselves (`tells`);
- among moving things, by whether means over two seconds follow the scene, or are held constant (`tells_crowds`).
"""

from collections import deque
from collections.abc import Sequence

_BLOCK = 8
"""Pictures whose sizes are averaged: half a second at 15 pictures a second."""
_BLOCKS = 48
_LEAST_BLOCKS = 4
_LONG = 4
"""Blocks of a long mean: two seconds."""
_SHORT = 3
"""Pictures that have to be large together: a single one may be a camera's whim."""

_LEAST_SHARE = 0.01
"""Less new picture than this is never a rise: a face that can be named, with its body, is several times as much."""
_DEVIATIONS = 4.0
"""A rise is so many standard deviations of a short mean above the scene at rest."""
_CROWD_DEVIATIONS = 2.0
"""... and of a block's mean among moving things, where wakes may be more frequent than misses."""
_TELLING_SHARE = 0.03
"""If more of the picture than this must be new until it is noticed, small people are missed: sizes do not tell."""
_HELD_RATE = 0.09
"""A rate whose long means vary by less, as a share, is held: on simulated cameras with a constant rate they vary by
0.01 to 0.075, with a variable one and things that move by 0.11 to 0.26."""
_KEYFRAME_SHARE = 0.2
"""How much the newest keyframe counts in their mean size."""
_TO_DEVIATION = 1 / 1.28
"""From the distance between median and lowest tenth to a standard deviation."""


class PacketActivity:
    """Follows the sizes of one connection's pictures. Owner: its activity gate.

    Attributes:
        tells: whether somebody who comes into the scene at rest would be seen by the sizes alone.
        tells_crowds: whether somebody who comes near would be seen, though others move all the time.
        stands_out: whether the last sizes are above those of the scene at rest, looked at or not.
    """

    def __init__(self) -> None:
        self.tells = False
        self.tells_crowds = False
        self.stands_out = False
        self._key_bytes = 0.0
        self._recent: deque[int] = deque(maxlen=_SHORT)
        self._block: deque[int] = deque(maxlen=_BLOCK)
        self._means: deque[float] = deque(maxlen=_BLOCKS)
        self._count = 0
        self._rest = self._usual = 0.0
        self._accepted = 0.0
        self._margin = self._crowd_margin = float("inf")

    def note(self, size_bytes: int, *, is_keyframe: bool) -> bool:
        """The next picture. Returns whether the sizes are above those of the scene at rest and what was accepted."""
        if is_keyframe:
            before = self._key_bytes or size_bytes
            self._key_bytes = before + _KEYFRAME_SHARE * (size_bytes - before)
            return False
        self._recent.append(size_bytes)
        self._block.append(size_bytes)
        self._count += 1
        if self._count == _BLOCK:
            self._count = 0
            self._close_block()
        above = sum(self._recent) / _SHORT - self._margin
        self.stands_out = above > self._rest
        return self.stands_out and above > self._accepted

    def is_crowd_risen(self) -> bool:
        """Whether the sizes stand above what is usual among moving things."""
        return sum(self._block) > _BLOCK * (max(self._usual, self._accepted) + self._crowd_margin)

    def accept(self) -> None:
        """What the sizes show at present has been looked at and is nobody: only what rises above it counts."""
        for sizes in (self._block, self._recent):
            if sizes:
                self._accepted = max(self._accepted, sum(sizes) / len(sizes))

    def _close_block(self) -> None:
        mean = sum(self._block) / _BLOCK
        self._means.append(mean)
        self._accepted = min(self._accepted, mean)
        if len(self._means) < _LEAST_BLOCKS:
            return
        ordered = sorted(self._means)
        self._rest, self._usual = ordered[len(ordered) // 4], ordered[len(ordered) // 2]
        # From the low side: what comes in raises the sizes, and never lowers them.
        deviation = (self._usual - ordered[len(ordered) // 10]) * _TO_DEVIATION
        self._margin = max(_DEVIATIONS * deviation * (_BLOCK / _SHORT) ** 0.5, _LEAST_SHARE * self._key_bytes)
        self._crowd_margin = max(_CROWD_DEVIATIONS * deviation, _LEAST_SHARE * self._key_bytes)
        self.tells = self._margin <= _TELLING_SHARE * self._key_bytes
        self.tells_crowds = _varies(self._means)


def _varies(means: Sequence[float]) -> bool:
    """Whether the rate follows the scene."""
    values = list(means)
    long = sorted(sum(values[at : at + _LONG]) for at in range(0, len(values) - _LONG + 1, _LONG))
    if len(long) < _LEAST_BLOCKS:
        return False
    usual = long[len(long) // 2]
    return usual - long[len(long) // 10] > _HELD_RATE * usual
