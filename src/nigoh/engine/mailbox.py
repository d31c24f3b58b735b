"""A bounded queue between two owners, with a stated policy for when it is full."""

import threading
from collections import deque
from enum import Enum, auto
from typing import Generic, TypeVar

T = TypeVar("T")


class Full(Enum):
    """What happens to a new value when the mailbox is full."""

    DROP_OLDEST = auto()
    """The oldest value is dropped and counted: live cameras, where only the present counts."""
    WAIT = auto()
    """The sender waits: files, where nothing may be lost."""


class Closed(Exception):
    """The mailbox is closed: nothing more can be put, and what was in it has been taken."""


class Mailbox(Generic[T]):
    """Values on their way from one thread to another. offered = taken + dropped + waiting, exactly.

    Owner: whoever made it closes it; any thread may put, any may take.
    """

    def __init__(self, capacity: int, when_full: Full) -> None:
        if capacity < 1:
            raise ValueError("a mailbox holds at least one value")
        self._capacity = capacity
        self._when_full = when_full
        self._values: deque[T] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._offered = 0
        self._dropped = 0

    @property
    def offered(self) -> int:
        """How many values were put."""
        return self._offered

    @property
    def dropped(self) -> int:
        """How many of them were dropped because newer ones came."""
        return self._dropped

    def put(self, value: T) -> None:
        """Hand a value over; wait or drop the oldest when full. Raises Closed."""
        with self._changed:
            while not self._closed and len(self._values) >= self._capacity and self._when_full is Full.WAIT:
                self._changed.wait()
            if self._closed:
                raise Closed
            if len(self._values) >= self._capacity:
                self._values.popleft()
                self._dropped += 1
            self._values.append(value)
            self._offered += 1
            self._changed.notify_all()

    def take(self, at_most: int = 1) -> list[T]:
        """Wait for values and take those that are there, oldest first, at most so many. Raises Closed."""
        with self._changed:
            while not self._values and not self._closed:
                self._changed.wait()
            if not self._values:
                raise Closed
            taken = [self._values.popleft() for _ in range(min(at_most, len(self._values)))]
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """No more puts; what is inside can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
