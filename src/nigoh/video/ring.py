"""The last seconds of one camera, compressed: whole groups of pictures, bounded in time and bytes."""

import threading
from collections import deque
from dataclasses import dataclass

from nigoh.video.access_unit import AccessUnit


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """A coded picture in a ring.

    Attributes:
        number: counts the pictures of one camera, without gaps.
        captured_s: when it was taken, monotonic seconds; not below that of the picture before it.
        unit: the picture.
    """

    number: int
    captured_s: float
    unit: AccessUnit


@dataclass(frozen=True, slots=True)
class RingLimits:
    """How much a ring keeps.

    Attributes:
        keep_s: whole groups of pictures that cover at least so many seconds, and the group at hand.
        most_bytes: what goes before that: above it the oldest groups are dropped, at last the one at hand.
    """

    keep_s: float = 2.0
    most_bytes: int = 8 * 1024 * 1024


class PacketRing:
    """Owned by its camera's feed; one thread adds, any thread reads.

    It begins with a keyframe or is empty. Pictures that follow a damaged one up to the next keyframe are kept as
    their sender sent them: whether they can be shown is the decoder's to say.
    """

    def __init__(self, limits: RingLimits) -> None:
        self._limits = limits
        self._groups: deque[list[StoredUnit]] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def size_bytes(self) -> int:
        """Of the pictures that are kept."""
        return self._bytes

    def add(self, stored: StoredUnit) -> None:
        """Keep the next picture; those before the first keyframe, and those without data, are not kept."""
        size = len(stored.unit.data)
        with self._lock:
            if stored.unit.is_keyframe and size:
                self._groups.append([])
                self._sizes.append(0)
            if not self._groups or not size:
                return
            self._groups[-1].append(stored)
            self._sizes[-1] += size
            self._bytes += size
            if stored.unit.is_keyframe or self._bytes > self._limits.most_bytes:
                self._drop(stored.captured_s)

    def clear(self) -> None:
        """Forget everything: another connection begins."""
        with self._lock:
            self._groups.clear()
            self._sizes.clear()
            self._bytes = 0

    def since(self, captured_s: float) -> list[StoredUnit]:
        """The pictures from the last keyframe at or before this time on; all there are, if they begin later."""
        with self._lock:
            groups = list(self._groups)
            first = max((at for at, group in enumerate(groups) if group[0].captured_s <= captured_s), default=0)
            return [stored for group in groups[first:] for stored in group]

    def path_to(self, number: int, decoded: int | None) -> list[StoredUnit]:
        """What has to be decoded, in order, to see a picture.

        Args:
            number: the picture's.
            decoded: the last picture that the decoder has seen, if it is to go on from there; None begins anew.

        Returns:
            From its group's keyframe, or from behind `decoded` where that is in the same group, up to the picture;
            empty if the picture is not here any more.
        """
        with self._lock:
            group = next((group for group in reversed(self._groups) if group[0].number <= number), None)
            path = [stored for stored in group if stored.number <= number] if group else []
        if not path or path[-1].number != number:
            return []
        begins = path[0].number
        if decoded is None or not begins <= decoded < number:
            return path
        return [stored for stored in path if stored.number > decoded]

    def has_passed(self, number: int) -> bool:
        """Whether a picture was here and had to make room: whoever asks for it asks too late."""
        with self._lock:
            return bool(self._groups) and self._groups[0][0].number > number

    def _drop(self, now_s: float) -> None:
        """Old groups, as long as the next one is old enough too; then whatever is too much."""
        while len(self._groups) > 1 and self._groups[1][0].captured_s <= now_s - self._limits.keep_s:
            self._drop_oldest()
        while self._groups and self._bytes > self._limits.most_bytes:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        self._groups.popleft()
        self._bytes -= self._sizes.popleft()
