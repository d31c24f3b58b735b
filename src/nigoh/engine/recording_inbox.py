"""Between whoever receives a camera and whoever records it: bounded, and never a reason to wait."""

import threading
from dataclasses import dataclass

from nigoh.video.ring import StoredUnit
from nigoh.video.stream import StreamInfo


class WaitingBytes:
    """How much waits for the disk, over all cameras. The lock is the inboxes', too."""

    def __init__(self, most: int) -> None:
        self.lock = threading.Lock()
        self.most = most
        self.now = 0


@dataclass(frozen=True, slots=True)
class Sighted:
    """A sighting began or went on at this time."""

    sighting_id: str
    captured_s: float


Event = StoredUnit | StreamInfo | Sighted


class Inbox:
    """What has happened to one camera and has not been recorded yet, in order. Any thread puts, the recorder takes.

    Pictures are kept only while they may be recorded: `offered == taken + dropped + waiting` holds for these. When
    too much waits, whole groups of pictures are dropped: from one picture on, all up to the next keyframe for which
    there is room.

    Attributes:
        connections: how many connections have been opened.
        dropped: pictures.
    """

    def __init__(self, waiting: WaitingBytes, *, always: bool) -> None:
        self.connections = 0
        self.dropped = 0
        self._waiting = waiting
        self._always = always
        self._takes = always
        self._skips = False
        self._events: list[Event] = []

    def put_unit(self, stored: StoredUnit) -> None:
        """The next picture."""
        if not self._takes:
            return
        size, waiting = len(stored.unit.data), self._waiting
        with waiting.lock:
            if stored.unit.is_keyframe:
                self._skips = False
            self._skips = self._skips or waiting.now + size > waiting.most
            if self._skips:
                self.dropped += 1
                return
            waiting.now += size
            self._events.append(stored)

    def put(self, event: StreamInfo | Sighted) -> None:
        """Another connection, or word of a sighting: from now on pictures are kept."""
        with self._waiting.lock:
            if isinstance(event, StreamInfo):
                self.connections += 1
            else:
                self._takes = True
            self._events.append(event)

    def take(self) -> list[Event]:
        """All that waits."""
        with self._waiting.lock:
            events, self._events = self._events, []
            self._waiting.now -= sum(len(event.unit.data) for event in events if isinstance(event, StoredUnit))
        return events

    def rest(self) -> None:
        """Nothing is to be recorded for now: keep no pictures, unless word of a sighting has just come."""
        with self._waiting.lock:
            self._takes = self._always or any(isinstance(event, Sighted) for event in self._events)
