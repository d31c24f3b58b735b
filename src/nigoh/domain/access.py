"""Who may do what: users, their roles, and the cameras that they may see. Rules only."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from nigoh.domain.sighting import CameraId

UserId = NewType("UserId", str)


class Role(StrEnum):
    """What somebody is.

    ADMINISTRATOR: everything. OPERATOR: people, sightings and live pictures. VIEWER: looks on. AUDITOR: reads the
    audit and the settings, and no biometric data.
    """

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    VIEWER = "viewer"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One kind of thing that somebody may do. The names are scopes of API tokens too."""

    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    PEOPLE_ERASE = "people:erase"
    PEOPLE_EXPORT = "people:export"
    SEARCH = "search"
    LISTS_READ = "lists:read"
    LISTS_WRITE = "lists:write"
    CAMERAS_READ = "cameras:read"
    CAMERAS_WRITE = "cameras:write"
    LIVE = "live"
    SIGHTINGS_READ = "sightings:read"
    SIGHTINGS_WRITE = "sightings:write"
    SIGHTINGS_EXPORT = "sightings:export"
    CLIPS_READ = "clips:read"
    EVENTS_READ = "events:read"
    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:write"
    RULES_READ = "rules:read"
    RULES_WRITE = "rules:write"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    AUDIT_READ = "audit:read"
    SYSTEM_READ = "system:read"
    METRICS_READ = "metrics:read"


_LOOK = frozenset({
    Permission.PEOPLE_READ, Permission.LISTS_READ, Permission.CAMERAS_READ, Permission.LIVE,
    Permission.SIGHTINGS_READ, Permission.CLIPS_READ, Permission.EVENTS_READ, Permission.SYSTEM_READ,
    Permission.ALERTS_READ,
})  # fmt: skip
_OPERATE = _LOOK | {
    Permission.PEOPLE_WRITE, Permission.SEARCH, Permission.LISTS_WRITE, Permission.SIGHTINGS_WRITE,
    Permission.SIGHTINGS_EXPORT, Permission.SETTINGS_READ,
    Permission.ALERTS_WRITE, Permission.RULES_READ,
}  # fmt: skip

GRANTED: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.OPERATOR: _OPERATE,
    Role.VIEWER: _LOOK,
    Role.AUDITOR: frozenset({
        Permission.AUDIT_READ, Permission.SETTINGS_READ, Permission.USERS_READ, Permission.SYSTEM_READ,
        Permission.METRICS_READ,
    }),
}  # fmt: skip
"""What each role may do."""


class Via(StrEnum):
    """How somebody is known: a session of the console, an API token, or a command on the machine itself."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a word
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks.

    Attributes:
        user: identifier of the user.
        name: their login name.
        role: what they are.
        permissions: what they may do: what their role is granted, narrowed by the token's scopes.
        cameras: the only cameras that they may see; None: all.
        via: how they are known.
        credential_id: identifier of the session or token, "" for a command.
        address: from where they ask, "" for a command.
    """

    user: UserId
    name: str
    role: Role
    permissions: frozenset[Permission]
    cameras: frozenset[CameraId] | None = None
    via: Via = Via.SESSION
    credential_id: str = ""
    address: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether they may do this at all."""
        return permission in self.permissions

    def sees(self, camera: CameraId) -> bool:
        """Whether they may see this camera and what was seen on it."""
        return self.cameras is None or camera in self.cameras

    def narrowed(self, asked: frozenset[CameraId] | None = None) -> frozenset[CameraId] | None:
        """The cameras that a question may be about, of those that were asked for; None: all. The set may be empty."""
        if self.cameras is None or asked is None:
            return asked if self.cameras is None else self.cameras
        return self.cameras & asked

    def may_grant(self, role: Role, cameras: frozenset[CameraId] | None) -> bool:
        """Whether all that a user of this role and these cameras has is theirs: nobody grants more than they have.

        Who may not grant what somebody has may not change their password or role either, or they would get it so.
        """
        sees_all_of_them = self.cameras is None or (cameras is not None and cameras <= self.cameras)
        return GRANTED[role] <= self.permissions and sees_all_of_them


def command_principal(system_user: str) -> Principal:
    """Whoever runs a command on the machine itself: they can read and write the database anyway."""
    return Principal(
        user=UserId(""),
        name=f"command:{system_user}",
        role=Role.ADMINISTRATOR,
        permissions=GRANTED[Role.ADMINISTRATOR],
        via=Via.COMMAND,
    )
