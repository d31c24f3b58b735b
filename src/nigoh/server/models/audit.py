"""Entries of the audit, as JSON."""

from pydantic import BaseModel, Field

from nigoh.domain.audit import AuditAction, AuditEntry
from nigoh.server.times import Time, to_time


class AuditEntryModel(BaseModel):
    """Something that was done."""

    number: int = Field(description="1 for the first, growing by one.")
    time: Time
    action: AuditAction
    actor: str = Field(
        description="Login name; `command:NAME` for a command on the machine, `system` for nigoh itself."
    )
    address: str = Field(description="From where; empty: on the machine itself.")
    target_kind: str = Field(description="What it was done to, e.g. `person`.")
    target_id: str
    reason: str = Field(description="Why, as the actor said.")
    detail: dict[str, str | int | float | bool]
    encoding: int = Field(description="Which form of the entry the hash was taken over.")
    previous: str = Field(description="Hash of the entry before it.")
    hash: str = Field(description="SHA-256 over this entry and `previous`.")


def audit_entry_model(entry: AuditEntry) -> AuditEntryModel:
    """An entry as it is told."""
    event = entry.event
    return AuditEntryModel(
        number=entry.number,
        time=to_time(entry.unix_s),
        action=event.action,
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
