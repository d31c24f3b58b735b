"""Changes of people on their way to a gallery."""

import threading
from collections.abc import Sequence

from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.sighting import PersonId

AT_ONCE = 2000
"""Templates that are taken over at once: they are 2 MB of 512 numbers, and no search waits for them."""


class ChangeDesk:
    """Holds of each person the newest change, in the order in which they came. Any thread."""

    def __init__(self) -> None:
        self._changes: dict[PersonId, GalleryChange] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._changes)

    def put(self, changes: Sequence[GalleryChange]) -> None:
        """Add these, each in the place of an older one about the same person."""
        with self._lock:
            for change in changes:
                self._changes.pop(change.person, None)
                self._changes[change.person] = change

    def take(self, most: int = AT_ONCE) -> tuple[GalleryChange, ...]:
        """The oldest ones, with about so many templates; none if there are none."""
        with self._lock:
            taken, room = [], most
            for change in self._changes.values():
                taken.append(change)
                room -= 1 + sum(len(group) for group in (*change.templates, *change.negatives))
                if room <= 0:
                    break
            for change in taken:
                del self._changes[change.person]
            return tuple(taken)
