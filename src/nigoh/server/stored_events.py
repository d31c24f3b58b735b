"""The stream of events as the database keeps it."""

from collections.abc import Sequence

from nigoh.domain.records import Event
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events


class StoredEvents:
    """Reads events (see `nigoh.server.event_feed.EventStore`). Any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> int:
        """The number of the newest event, 0 if there is none."""
        with self._database.read() as connection:
            return Events(connection).newest()

    def after(self, number: int, limit: int) -> Sequence[Event]:
        """The events above a number in their order, so many at most."""
        with self._database.read() as connection:
            return Events(connection).after(number, limit)
