"""The newest lines of the log, in memory."""

import threading
from collections import deque
from collections.abc import Mapping

from nigoh.domain.system_facts import LogLine

_ORDER = ("debug", "info", "warning", "error", "critical")
_MOST_LETTERS = 4_000
_MOST_DETAILS = 20


class LogBook:
    """Keeps so many of the newest lines. Any thread writes and reads.

    Whoever writes has hidden secrets before: the same lines go to the terminal.

    Args:
        most: lines.
    """

    def __init__(self, most: int = 2_000) -> None:
        self._lines: deque[LogLine] = deque(maxlen=most)
        self._lock = threading.Lock()
        self._written = 0

    def write(self, unix_s: float, level: str, logger: str, facts: Mapping[str, str]) -> None:
        """Take a line: `facts` are its text under "event", perhaps "camera" and "shard", and further details."""
        rest = {key: value[:_MOST_LETTERS] for key, value in facts.items()}
        text, camera, shard = (rest.pop(key, "") for key in ("event", "camera", "shard"))
        details = dict(list(rest.items())[:_MOST_DETAILS])
        with self._lock:
            self._written += 1
            line = LogLine(
                number=self._written,
                unix_s=unix_s,
                level=level,
                logger=logger,
                text=text,
                camera=camera,
                shard=shard,
                details=details,
            )
            self._lines.append(line)

    def newest(self, limit: int, *, least: str = "debug", after: int = 0) -> tuple[LogLine, ...]:
        """So many of the newest at most that are as grave as `least` and above the number `after`, oldest first."""
        grave = frozenset(_ORDER[_ORDER.index(least) :])
        with self._lock:
            found = [each for each in self._lines if each.number > after and each.level in grave]
        return tuple(found[-limit:])
