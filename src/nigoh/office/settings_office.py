"""Settings that are changed while nigoh runs: read, checked, changed, written down."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from nigoh.domain.audit import AuditAction
from nigoh.domain.records import EventKind
from nigoh.errors import Missing
from nigoh.office.actor import Actor
from nigoh.office.news import tell
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.settings import Setting, StoredSettings

Value_co = TypeVar("Value_co", covariant=True)


@dataclass(frozen=True, slots=True)
class SettingKind(Generic[Value_co]):
    """A setting that there is.

    Attributes:
        key: its name, e.g. "retention".
        default: what it is when it was never set: a frozen dataclass, whose type is the setting's.
        about: what it is for, one sentence.
    """

    key: str
    default: Value_co
    about: str


class SettingsOffice:
    """Keeps the settings. Any thread.

    Args:
        database: transactions.
        kinds: all that there are.
        now: seconds since 1970.
    """

    def __init__(self, database: Database, kinds: Iterable[SettingKind[object]], *, now: Callable[[], float]) -> None:
        self._database = database
        self._kinds = {kind.key: kind for kind in kinds}
        self._now = now

    @property
    def kinds(self) -> tuple[SettingKind[object], ...]:
        """All settings that there are."""
        return tuple(self._kinds.values())

    def get(self, key: str) -> Setting[object]:
        """A setting as it is; one that was never set has version 0. Raises Missing: there is none of this name."""
        kind = self._kind(key)
        with self._database.read() as connection:
            found = StoredSettings(connection).get(key, type(kind.default))
        return found or Setting(key, kind.default, 0.0, 0)

    def put(self, actor: Actor, key: str, value: object, *, version: int | None = None) -> Setting[object]:
        """Change a setting.

        Raises:
            Missing: there is none of this name.
            Stale: it has another version.
        """
        kind = self._kind(key)
        if not isinstance(value, type(kind.default)):
            raise TypeError(f"the setting {key} is a {type(kind.default).__name__}")
        now = self._now()
        with self._database.begin() as connection:
            setting = StoredSettings(connection).put(key, value, now, version=version)
            tell(connection, EventKind.SETTING_CHANGED, key, now)
            event = actor.event(AuditAction.SETTING, "setting", key, {"version": setting.version})
            Audit(connection).write(event, now)
        return setting

    def _kind(self, key: str) -> SettingKind[object]:
        kind = self._kinds.get(key)
        if kind is None:
            raise Missing("setting", key)
        return kind
