"""Entries of the audit, as JSON."""

from pydantic import BaseModel, Field

from nigoh.domain.audit import AuditAction, AuditEntry
from nigoh.domain.audit_chain import ChainReport
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


class ChainModel(BaseModel):
    """What a check of the whole chain found."""

    whole: bool = Field(description="Every entry is as it was written.")
    entries: int = Field(description="How many are intact, from the first on.")
    head: str = Field(
        description="Hash of the newest intact one; note it elsewhere to see later that nothing was cut."
    )
    broken: int | None = Field(description="Number of the first broken entry.")
    damage: str = Field(description='What is wrong with it, or "".')


def chain_model(report: ChainReport) -> ChainModel:
    """A report as JSON."""
    found = report.first_break
    return ChainModel(
        whole=found is None,
        entries=report.entries,
        head=report.head.hash if report.head else "",
        broken=found.number if found else None,
        damage=f"{found.damage.value}: {found.what}" if found else "",
    )


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
