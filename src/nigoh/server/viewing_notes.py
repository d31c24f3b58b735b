"""Writes down who looks at which camera or clip: once for each series of looks, as players ask for many parts."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from nigoh.domain.access import Principal
from nigoh.domain.audit import AuditAction
from nigoh.domain.sighting import CameraId
from nigoh.office.actor import Actor
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database

SERIES_S = 600.0
"""Looks of one user at one camera or clip within so long are one view."""

_MOST_SERIES = 10_000


class ViewingNotes:
    """Knows who has looked lately. Any thread. The oldest are forgotten: their next look is written down again."""

    def __init__(self, database: Database, unix_s: Callable[[], float]) -> None:
        self._database = database
        self._unix_s = unix_s
        self._series: OrderedDict[tuple[str, str, str], float] = OrderedDict()
        self._lock = threading.Lock()

    def live(self, who: Principal, camera: CameraId) -> None:
        """Somebody looks at a camera now. Raises DatabaseUnavailable: nobody looks at what is not written down."""
        self._note(who, AuditAction.VIEW_LIVE, "camera", camera)

    def clip(self, who: Principal, clip_id: str) -> None:
        """Somebody watches a clip now. Raises DatabaseUnavailable, as `live`."""
        self._note(who, AuditAction.VIEW_CLIP, "clip", clip_id)

    def _note(self, who: Principal, action: AuditAction, kind: str, identifier: str) -> None:
        now, series = self._unix_s(), (who.user, who.credential_id, f"{kind} {identifier}")
        with self._lock:
            if now - self._series.get(series, 0.0) < SERIES_S:
                return
        with self._database.begin() as connection:
            Audit(connection).write(Actor.of(who).event(action, kind, identifier), now)
        with self._lock:
            self._series[series] = now
            self._series.move_to_end(series)
            if len(self._series) > _MOST_SERIES:
                self._series.popitem(last=False)
