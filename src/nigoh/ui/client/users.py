"""Users, their sessions and tokens, as the API tells them."""

from dataclasses import dataclass
from datetime import datetime

from nigoh.domain.access import Permission, Role
from nigoh.domain.language import Language


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in; `cameras` are the only ones that they may see, None: all."""

    id: str
    name: str
    display_name: str
    role: Role
    cameras: tuple[str, ...] | None
    language: Language
    disabled: bool
    has_password: bool
    has_second_factor: bool
    logs_in_elsewhere: bool
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is logged in; `current`: this one."""

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    current: bool


@dataclass(frozen=True, slots=True)
class Token:
    """An API token, without its text."""

    id: str
    name: str
    scopes: tuple[Permission, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made: its text is told this once."""

    name: str
    token: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs to know."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """Codes that stand in for the authenticator, each once."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """How many sessions were ended."""

    sessions: int
