"""What users prefer, a setting of each of them."""

from sqlalchemy import Connection, delete

from nigoh.domain.access import UserId
from nigoh.domain.preferences import Preferences
from nigoh.storage.database.settings import Setting, StoredSettings
from nigoh.storage.database.tables import SETTINGS


class StoredPreferences:
    """Users' preferences within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._settings = StoredSettings(connection)

    def get(self, user: UserId) -> Setting[Preferences] | None:
        """What somebody prefers, or None if they never said. Raises DatabaseError: something else is kept there."""
        return self._settings.get(_key(user), Preferences)

    def put(
        self, user: UserId, wanted: Preferences, now_unix_s: float, *, version: int | None = None
    ) -> Setting[Preferences]:
        """Keep what somebody prefers; `version` as of `StoredSettings.put`. Raises Stale."""
        return self._settings.put(_key(user), wanted, now_unix_s, version=version)

    def forget(self, user: UserId) -> None:
        """Keep nothing of somebody, whether they ever said anything or not."""
        self._connection.execute(delete(SETTINGS).where(SETTINGS.c.key == _key(user)))


def _key(user: UserId) -> str:
    return f"preferences:{user}"
