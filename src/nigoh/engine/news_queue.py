"""A shard's news on their way to whoever receives them, bounded: what may be lost gives way, sightings wait."""

import logging
import threading
from collections import deque
from dataclasses import dataclass, field

from nigoh.domain.sighting import CameraId
from nigoh.engine.mailbox import Closed
from nigoh.engine.shard_seam import LivePicture, News, Pulse, SightingNews

_LOG_LINES = 500


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that was logged in a shard's process.

    Attributes:
        level: as in `logging`.
        logger: name of the logger.
        text: the message, with a traceback if there is one.
        extra: what it is about, e.g. {"camera": "gate"}.
    """

    level: int
    logger: str
    text: str
    extra: dict[str, str | int | float | bool | None] = field(default_factory=dict)


class NewsQueue:
    """News between the threads of a shard and one receiver.

    Pulses go first and the newest replaces the one before; then sightings in order, whose sender waits while there
    are too many; then log lines, the oldest of which are dropped and counted; then the newest picture of each camera.
    Any thread may put and close; one takes.
    """

    def __init__(self, capacity: int = 1000) -> None:
        self._capacity = capacity
        self._pulse: Pulse | None = None
        self._sightings: deque[SightingNews] = deque()
        self._lines: deque[LogLine] = deque()
        self._dropped_lines = 0
        self._pictures: dict[CameraId, LivePicture] = {}
        self._closed = False
        self._changed = threading.Condition()

    def put(self, news: News) -> None:
        """Hand news over; a sighting waits for room. Raises Closed."""
        with self._changed:
            if isinstance(news, SightingNews):
                self._changed.wait_for(lambda: self._closed or len(self._sightings) < self._capacity)
            if self._closed:
                raise Closed
            match news:
                case SightingNews():
                    self._sightings.append(news)
                case Pulse():
                    self._pulse = news
                case LivePicture():
                    self._pictures[news.camera] = news
            self._changed.notify_all()

    def log(self, line: LogLine) -> None:
        """Hand a log line over; it never waits, and is passed over once the queue is closed."""
        with self._changed:
            if self._closed:
                return
            if len(self._lines) >= _LOG_LINES:
                self._lines.popleft()
                self._dropped_lines += 1
            self._lines.append(line)
            self._changed.notify_all()

    def take(self, wait_s: float | None = None) -> News | LogLine | None:
        """The next; None if nothing came in that time, or if the queue is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._has_any(), wait_s)
            found = self._next()
            self._changed.notify_all()
            return found

    def take_news(self, wait_s: float) -> list[News]:
        """All news that are there, without log lines; waits so long for something to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._has_any(), wait_s)
            found: list[News] = []
            while (news := self._next()) is not None:
                if not isinstance(news, LogLine):
                    found.append(news)
            self._changed.notify_all()
            return found

    def close(self) -> None:
        """No more puts, and whoever waits to put is refused; what is inside can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _has_any(self) -> bool:
        return bool(self._pulse or self._sightings or self._lines or self._pictures)

    def _next(self) -> News | LogLine | None:
        if self._pulse is not None:
            pulse, self._pulse = self._pulse, None
            return pulse
        if self._sightings:
            return self._sightings.popleft()
        if self._dropped_lines:
            dropped, self._dropped_lines = self._dropped_lines, 0
            return LogLine(logging.WARNING, __name__, f"{dropped} log lines came faster than they could be passed on")
        if self._lines:
            return self._lines.popleft()
        if self._pictures:
            return self._pictures.pop(next(iter(self._pictures)))
        return None
