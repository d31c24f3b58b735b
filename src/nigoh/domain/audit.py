"""An entry of the audit: who did what, when, from where and why, chained to the entry before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AuditAction(StrEnum):
    """What is written down."""

    SETUP = "setup"
    LOGIN = "login"
    LOGIN_REFUSED = "login-refused"
    LOGOUT = "logout"
    ENROL = "enrol"
    CHANGE = "change"
    MERGE = "merge"
    DELETE = "delete"
    ERASE = "erase"
    SEARCH = "search"
    VIEW_FACE = "view-face"
    VIEW_CLIP = "view-clip"
    VIEW_LIVE = "view-live"
    EXPORT = "export"
    VERDICT = "verdict"
    ALERT = "alert"
    SETTING = "setting"
    TOKEN = "token"  # noqa: S105 - a word
    KEY_ROTATION = "key-rotation"
    BACKUP = "backup"
    RESTORE = "restore"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """Something to be written down.

    Attributes:
        action: what was done.
        actor: login name of who did it; "system" for nigoh itself, "command:NAME" for a command by a system user.
        address: from where; "" on the machine itself.
        target_kind, target_id: what it was done to, e.g. "person" and their identifier; never a name
            or a secret.
        reason: why, as the actor said; "" if they said nothing.
        detail: further facts, without personal data and secrets.
    """

    action: AuditAction
    actor: str
    address: str = ""
    target_kind: str = ""
    target_id: str = ""
    reason: str = ""
    detail: Mapping[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An event as it was written down.

    Attributes:
        number: 1 for the first, growing by one.
        unix_s: when, seconds since 1970.
        event: what.
        previous: hash of the entry before it, 64 hexadecimal digits; zeros before the first.
        hash: SHA-256 over this entry and `previous`.
        encoding: which form of the entry the hash was taken over.
    """

    number: int
    unix_s: float
    event: AuditEvent
    previous: str
    hash: str
    encoding: int = 1
