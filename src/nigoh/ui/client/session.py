"""Who sits before the browser, as the API tells it."""

from dataclasses import dataclass

from nigoh.domain.access import Permission, Role
from nigoh.domain.language import Language


@dataclass(frozen=True, slots=True)
class Account:
    """One's own account."""

    id: str
    name: str
    role: Role
    language: Language
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """`GET /session`."""

    user: Account
    permissions: frozenset[Permission]
    csrf_token: str | None = None
    cameras: tuple[str, ...] | None = None

    def may(self, permission: Permission | None) -> bool:
        """Whether they may do this; what needs no permission they may."""
        return permission is None or permission in self.permissions
