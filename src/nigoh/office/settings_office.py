"""Settings that are changed while nigoh runs: read, checked, changed, written down, followed.

A changed setting goes before what nigoh.toml says, now and after the next start, until it is reset.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from nigoh.config.changeable import FIELDS, checked, field_of, overlaid, stands_in, value_in
from nigoh.config.engine_settings import EngineSettings
from nigoh.domain.audit import AuditAction
from nigoh.domain.camera import Camera
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.records import EventKind
from nigoh.domain.setting import Applies, Origin, SettingField, SettingState, SettingValue
from nigoh.domain.sighting import CameraId
from nigoh.errors import NigohError
from nigoh.office.actor import Actor
from nigoh.office.news import tell
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.settings import Setting, StoredSettings

_log = logging.getLogger(__name__)

_PREFIX = "setting:"
_LOOK_S = 1.0
_RETRY_S = 5.0


class SettingsFollower(Protocol):
    """What a changed setting holds for at once. Any thread calls, one at a time."""

    def check(self, settings: EngineSettings) -> None:
        """Raises NigohError, and the change is refused: it could not be followed."""
        ...

    def follow(self, settings: EngineSettings) -> None:
        """These hold from now on; those of them that wait for the next start are passed over."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    """A changed setting as it is stored; one that was reset is kept, so that its version goes on growing."""

    value: SettingValue
    is_set: bool = True


_Stored = Mapping[str, Setting[_Kept]]


class SettingsOffice:
    """Keeps the settings, and tells followers what holds. Any thread; one looks at the database.

    Args:
        database: transactions. Changes that others make in it are followed too.
        file: what nigoh.toml says.
        now: seconds since 1970.
    """

    def __init__(self, database: Database, file: EngineSettings, *, now: Callable[[], float]) -> None:
        self._database = database
        self._file = file
        self._now = now
        self._followers: tuple[SettingsFollower, ...] = ()
        self._lock = threading.Lock()
        self._look_s = float("-inf")
        self._fails = False
        with database.read() as connection:
            stored = _stored(connection)
        self._begun = overlaid(file, _values(stored))
        self._wanted = self._begun

    @property
    def begun_with(self) -> EngineSettings:
        """What held when this was made: what the file says, and what was changed before."""
        return self._begun

    @property
    def wanted(self) -> EngineSettings:
        """What is to hold now; of those settings that wait for the next start `begun_with` holds."""
        return self._wanted

    def usual_camera(self, name: CameraId, url: CameraUrl) -> Camera:
        """A camera of which nothing else is said."""
        return self._wanted.cameras_default.usual(name, url)

    def attach(self, follower: SettingsFollower) -> None:
        """Let this follow from now on what is changed; what held at the beginning it knows."""
        with self._lock:
            self._followers = (*self._followers, follower)
            if self._wanted != self._begun:
                follower.follow(self._wanted)

    def every(self) -> tuple[SettingState, ...]:
        """All settings as they are."""
        with self._database.read() as connection:
            stored = _stored(connection)
        return tuple(self._state(field, stored) for field in FIELDS.values())

    def get(self, key: str) -> SettingState:
        """A setting as it is. Raises Missing: there is none of this key."""
        field = field_of(key)
        with self._database.read() as connection:
            return self._state(field, _stored(connection))

    def put(self, actor: Actor, key: str, value: SettingValue, *, version: int | None = None) -> SettingState:
        """Change a setting.

        Args:
            actor: who wants it.
            key: of the setting.
            value: what it is to be.
            version: that was read, 0 for one that was never changed; None: whatever it has.

        Raises:
            Missing: there is none of this key.
            Invalid: it cannot be this.
            Stale: it has another version.
            NigohError: it cannot be followed.
        """
        return self._change(actor, field_of(key), _Kept(checked(key, value)), version)

    def reset(self, actor: Actor, key: str, *, version: int | None = None) -> SettingState:
        """Let the file, or the default, say what a setting is; one that they say is left alone. Raises as `put`."""
        return self._change(actor, field_of(key), _Kept(None, is_set=False), version)

    def step(self, now_s: float) -> None:
        """Follow what others have changed in the database, if it is time to look (monotonic seconds)."""
        if now_s < self._look_s:
            return
        self._look_s = now_s + _LOOK_S
        try:
            self._refresh()
        except NigohError as error:
            self._look_s = now_s + _RETRY_S
            if not self._fails:
                _log.error("%s The settings stay as they are.", error)
            self._fails = True
            return
        self._fails = False

    def _change(self, actor: Actor, field: SettingField, wanted: _Kept, version: int | None) -> SettingState:
        now = self._now()
        with self._database.begin() as connection:
            before = _stored(connection)
            if not wanted.is_set and field.key not in _values(before) and version is None:
                return self._state(field, before)
            kept = StoredSettings(connection).put(_PREFIX + field.key, wanted, now, version=version)
            after = {**before, field.key: kept}
            settings = overlaid(self._file, _values(after))
            for follower in self._followers:
                follower.check(settings)
            tell(connection, EventKind.SETTING_CHANGED, field.key, now)
            detail = {
                "before": _told(self._state(field, before)),
                "after": _told(self._state(field, after)),
                "version": kept.version,
            }
            Audit(connection).write(actor.event(AuditAction.SETTING, "setting", field.key, detail), now)
        self._refresh()
        return self._state(field, after)

    def _refresh(self) -> None:
        with self._lock:
            with self._database.read() as connection:
                settings = overlaid(self._file, _values(_stored(connection)))
            if settings == self._wanted:
                return
            for follower in self._followers:
                follower.follow(settings)
            self._wanted = settings

    def _state(self, field: SettingField, stored: _Stored) -> SettingState:
        kept = stored.get(field.key)
        changed = kept is not None and kept.value.is_set
        origin = Origin.DATABASE if changed else Origin.FILE if stands_in(self._file, field) else Origin.DEFAULT
        value = kept.value.value if kept is not None and changed else value_in(self._file, field)
        return SettingState(
            field=field,
            value=value,
            in_force=value if field.applies is Applies.AT_ONCE else value_in(self._begun, field),
            origin=origin,
            version=kept.version if kept is not None else 0,
        )


def _stored(connection: Connection) -> _Stored:
    found = StoredSettings(connection).beginning(_PREFIX, _Kept)
    return {key.removeprefix(_PREFIX): setting for key, setting in found.items()}


def _values(stored: _Stored) -> dict[str, SettingValue]:
    return {key: setting.value.value for key, setting in stored.items() if setting.value.is_set}


def _told(state: SettingState) -> str | int | float | bool:
    return "none" if state.value is None else state.value
