"""The thread in which time raises alerts: who stays too long, who does not come, what nobody takes up."""

import logging
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from nigoh.errors import NigohError
from nigoh.office.alert_keeper import AlertKeeper
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.outbox import Outbox

_log = logging.getLogger(__name__)

_LOOK_S = 1.0


class AlertThread:
    """Looks about every second. A context manager: it ends the thread.

    Args:
        keeper: raises alerts.
        database: where they are kept.
        unix_s: seconds since 1970.
        sinks: who has to be told.
    """

    def __init__(
        self,
        keeper: AlertKeeper,
        database: Database,
        unix_s: Callable[[], float],
        sinks: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._keeper = keeper
        self._database = database
        self._unix_s = unix_s
        self._sinks = sinks
        self._stopping = threading.Event()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="alerts")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def step(self) -> None:
        """Look once. Raises what the database raises."""
        now = self._unix_s()
        with self._database.read() as connection:
            if not self._keeper.is_due(connection, now):
                return
        with self._keeper.turn(), self._database.begin() as connection:
            events = self._keeper.tick(connection, now)
            Outbox(connection).add(self._sinks(), Events(connection).add_many(events))

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            try:
                self.step()
            except NigohError as error:
                if str(error) != self._trouble:
                    _log.error("alerts that time raises have to wait: %s", error)
                self._trouble = str(error)
            else:
                self._trouble = ""
