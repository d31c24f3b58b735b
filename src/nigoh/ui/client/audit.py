"""The audit, as the API tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Something that was done."""

    number: int
    time: datetime
    action: str
    actor: str
    address: str
    target_kind: str
    target_id: str
    reason: str
    detail: Mapping[str, str | int | float | bool]
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Whether every entry is as it was written."""

    whole: bool
    entries: int
    head: str
    broken: int | None
    damage: str
