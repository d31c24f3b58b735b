"""What users prefer of the console: read, changed, written down."""

from dataclasses import fields

from nigoh.domain.access import Principal
from nigoh.domain.audit import AuditAction
from nigoh.domain.preferences import ConsoleLanguage, Preferences
from nigoh.office.actor import Actor
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.preferences import StoredPreferences
from nigoh.storage.database.settings import Setting
from nigoh.storage.database.users import Users


class PreferenceDesk:
    """Keeps what users prefer: each reads and changes their own. Any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, who: Principal) -> Setting[Preferences]:
        """What they prefer, without cameras that they may not see; version 0 if they never said.

        Raises:
            Missing: they are no user any more.
        """
        with self._database.read() as connection:
            user = Users(connection).require(who.user)
            kept = StoredPreferences(connection).get(who.user)
        found = kept or Setting("", Preferences(language=ConsoleLanguage.of(user.language)), 0.0, 0)
        return Setting(found.key, found.value.shown_to(who.sees), found.updated_unix_s, found.version)

    def put(
        self, who: Principal, wanted: Preferences, now_unix_s: float, *, version: int | None = None
    ) -> Setting[Preferences]:
        """Prefer this from now on. The audit is told which of them changed, and not to what.

        Args:
            who: asks for it.
            wanted: all of it.
            now_unix_s: seconds since 1970.
            version: that was read, 0: they had never said; None: whatever it is.

        Raises:
            Missing: they are no user any more.
            Stale: it has another version.
        """
        with self._database.begin() as connection:
            Users(connection).require(who.user)
            preferences = StoredPreferences(connection)
            kept = preferences.get(who.user)
            before = kept.value if kept else Preferences()
            stored = preferences.put(who.user, wanted, now_unix_s, version=version)
            changed = [
                each.name for each in fields(wanted) if getattr(before, each.name) != getattr(wanted, each.name)
            ]
            if changed:
                detail = {"what": "preferences", "fields": ", ".join(changed)}
                Audit(connection).write(Actor.of(who).event(AuditAction.CHANGE, "user", who.user, detail), now_unix_s)
        return stored
