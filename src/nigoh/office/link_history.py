"""How each camera's connection has changed lately: in memory, bounded, as the engine tells it."""

import threading
from collections import deque
from dataclasses import dataclass

from nigoh.domain.camera_status import CameraStatus, EngineStatus, LinkState
from nigoh.domain.sighting import CameraId

MOST_CHANGES = 50
_MOST_CAMERAS = 10_000


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A camera came into a state.

    Attributes:
        state: which.
        unix_s: when, seconds since 1970.
        reason: why, one line that is safe to show.
        next_step: what helps.
    """

    state: LinkState
    unix_s: float
    reason: str = ""
    next_step: str = ""


class LinkHistory:
    """The last changes of each camera. Any thread. What came and went between two looks is not seen."""

    def __init__(self, most: int = MOST_CHANGES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._changes: dict[CameraId, deque[LinkChange]] = {}

    def look(self, status: EngineStatus) -> None:
        """See how the cameras are now; of those that are there no more nothing is kept."""
        now = {camera.camera: camera for shard in status.shards for camera in shard.cameras}
        with self._lock:
            for name in self._changes.keys() - now.keys():
                del self._changes[name]
            for name, camera in now.items():
                if name in self._changes or len(self._changes) < _MOST_CAMERAS:
                    self._note(camera)

    def of(self, name: CameraId) -> tuple[LinkChange, ...]:
        """The last changes of a camera, the newest first."""
        with self._lock:
            return tuple(reversed(self._changes.get(name, ())))

    def _note(self, camera: CameraStatus) -> None:
        known = self._changes.setdefault(camera.camera, deque(maxlen=self._most))
        change = LinkChange(camera.state, camera.since_unix_s, camera.reason, camera.next_step)
        if not known or known[-1].state is not change.state:
            known.append(change)
        elif change.reason and change.reason != known[-1].reason:
            # The same trouble for another reason: what is known of it by now is what helps.
            known[-1] = LinkChange(known[-1].state, known[-1].unix_s, change.reason, change.next_step)
