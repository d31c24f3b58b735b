"""How the whole of it is, and was: for whoever looks after nigoh; and a file of all that for whoever helps them."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from nigoh.domain.audit import AuditAction
from nigoh.domain.camera_status import EngineStatus
from nigoh.domain.camera_url import redact
from nigoh.domain.system_facts import DeviceFact, Finding, Kept, ModelFact
from nigoh.office.actor import Actor
from nigoh.office.log_book import LogBook
from nigoh.office.machine_facts import library_versions
from nigoh.office.system_history import SystemHistory
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database

_MOST_LINES = 2_000
_READ_ME = """What nigoh's people need to help: how the engine is and was, what it stands on, settings, the log.
No picture, no name of a person, no template and no password is in it. Names of cameras are.
"""


def _nothing() -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineViews:
    """What is looked up when somebody wants to know; each may take seconds. Any thread.

    Attributes:
        kept: what lies where.
        models: that are known, with their licences.
        devices: that models can run on.
        diagnose: what `nigoh doctor` finds.
        settings: as they hold now, secrets hidden.
    """

    kept: Callable[[], tuple[Kept, ...]] = _nothing
    models: Callable[[], tuple[ModelFact, ...]] = _nothing
    devices: Callable[[], tuple[DeviceFact, ...]] = _nothing
    diagnose: Callable[[], tuple[Finding, ...]] = _nothing
    settings: Callable[[], Mapping[str, object]] = dict


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemDesk:
    """Answers how the whole of it is. Any thread.

    Attributes:
        database: where it is written down that somebody took the file.
        status: how the engine is now.
        history: how it was.
        log: its newest lines.
        machine: what it stands on.
        now: seconds since 1970.
    """

    database: Database
    status: Callable[[], EngineStatus]
    history: SystemHistory
    now: Callable[[], float]
    log: LogBook = field(default_factory=LogBook)
    machine: MachineViews = field(default_factory=MachineViews)

    def support_file(self, actor: Actor) -> bytes:
        """A ZIP of all that helps to find out what is wrong, without secrets and biometric data. Written down."""
        now = self.now()
        parts: dict[str, object] = {
            "status.json": self.status(),
            "history.json": self.history.samples(),
            "capacity.json": self.history.capacity(),
            "versions.json": library_versions(),
            "models.json": self.machine.models(),
            "storage.json": self.machine.kept(),
            "settings.json": self.machine.settings(),
            "doctor.json": self.machine.diagnose(),
        }
        with self.database.begin() as connection:
            Audit(connection).write(actor.event(AuditAction.EXPORT, "support", ""), now)
        lines = (msgspec.json.encode(_clean(each)).decode() for each in self.log.newest(_MOST_LINES))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, value in parts.items():
                _add(archive, name, msgspec.json.format(msgspec.json.encode(_clean(value)), indent=1).decode(), now)
            _add(archive, "log.jsonl", "".join(f"{line}\n" for line in lines), now)
            _add(archive, "README.txt", _READ_ME, now)
        return packed.getvalue()


def _clean(value: object) -> object:
    """As JSON. Each of them hides secrets already; no address that slipped into a text shows any either."""
    plain = value if isinstance(value, str | Mapping | list | tuple) else msgspec.to_builtins(value)
    if isinstance(plain, str):
        return redact(plain)
    if isinstance(plain, Mapping):
        return {str(key): _clean(each) for key, each in plain.items()}
    return [_clean(each) for each in plain] if isinstance(plain, list | tuple) else plain


def _add(archive: zipfile.ZipFile, name: str, text: str, unix_s: float) -> None:
    moment = datetime.fromtimestamp(unix_s, UTC)
    info = zipfile.ZipInfo(name, moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    archive.writestr(info, text)
