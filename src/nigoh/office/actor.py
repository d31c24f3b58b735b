"""Who asks for something, as the audit wants to know."""

from collections.abc import Mapping
from dataclasses import dataclass

from nigoh.domain.access import Principal
from nigoh.domain.audit import AuditAction, AuditEvent


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, from where, and why.

    Attributes:
        name: login name, or "command:NAME" for a command by a system user.
        address: "" on the machine itself.
        reason: as they said, or "".
    """

    name: str
    address: str = ""
    reason: str = ""

    @classmethod
    def of(cls, principal: Principal, reason: str = "") -> "Actor":
        """Whoever asks at the door."""
        return cls(principal.name, principal.address, reason)

    def event(
        self,
        action: AuditAction,
        kind: str,
        identifier: str,
        detail: Mapping[str, str | int | float | bool] | None = None,
    ) -> AuditEvent:
        """What they did, to be written down; `kind` and `identifier` say to what."""
        return AuditEvent(
            action=action,
            actor=self.name,
            address=self.address,
            target_kind=kind,
            target_id=identifier,
            reason=self.reason,
            detail=detail or {},
        )
