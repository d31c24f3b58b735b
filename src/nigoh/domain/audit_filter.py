"""Which entries of the audit are asked for."""

from dataclasses import dataclass

from nigoh.domain.audit import AuditAction


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """All that is given has to fit.

    Attributes:
        actor: exactly this login name.
        actions: one of these; empty: any.
        target_kind, target_id: exactly this; "": any.
        since_unix_s: not before, seconds since 1970.
        until_unix_s: before.
    """

    actor: str | None = None
    actions: frozenset[AuditAction] = frozenset()
    target_kind: str = ""
    target_id: str = ""
    since_unix_s: float | None = None
    until_unix_s: float | None = None
