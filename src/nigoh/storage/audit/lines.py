"""Entries of the audit as JSON lines, from which anybody can compute the chain again, and as CSV for spreadsheets."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from nigoh.domain.audit import AuditEntry
from nigoh.storage.safe_csv import safe_csv

COLUMNS = (
    "number", "time", "action", "actor", "address", "target_kind", "target_id", "reason", "detail", "encoding",
    "previous", "hash",
)  # fmt: skip


class AuditLine(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it is written outside: what its hash is taken over, as `nigoh.storage.audit.encoding` says.

    Attributes:
        time: `microseconds` as RFC 3339, for people.
        microseconds: since 1970.
    """

    number: int
    time: str
    microseconds: int
    action: str
    actor: str
    address: str
    target_kind: str
    target_id: str
    reason: str
    detail: dict[str, str | int | float | bool]
    encoding: int
    previous: str
    hash: str


def audit_line(entry: AuditEntry) -> AuditLine:
    """An entry as it is written outside."""
    event = entry.event
    return AuditLine(
        number=entry.number,
        time=time_text(entry.unix_s),
        microseconds=round(entry.unix_s * 1e6),
        action=event.action.value,
        actor=event.actor,
        address=event.address,
        target_kind=event.target_kind,
        target_id=event.target_id,
        reason=event.reason,
        detail=dict(event.detail),
        encoding=entry.encoding,
        previous=entry.previous,
        hash=entry.hash,
    )


def json_lines(entries: Iterable[AuditEntry]) -> Iterator[bytes]:
    """A line each."""
    for entry in entries:
        yield msgspec.json.encode(audit_line(entry)) + b"\n"


def csv_lines(entries: Iterable[AuditEntry]) -> Iterator[bytes]:
    """A line each, after one with the names of the columns."""
    return safe_csv(COLUMNS, (_cells(audit_line(entry)) for entry in entries))


def time_text(unix_s: float) -> str:
    """A moment in UTC as RFC 3339, with microseconds; one that no calendar has as the number itself."""
    try:
        return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except (OverflowError, OSError, ValueError):
        return str(unix_s)


def _cells(line: AuditLine) -> tuple[str, ...]:
    detail = msgspec.json.encode(line.detail).decode() if line.detail else ""
    return (
        *(str(line.number), line.time, line.action, line.actor, line.address, line.target_kind, line.target_id),
        *(line.reason, detail, str(line.encoding), line.previous, line.hash),
    )
