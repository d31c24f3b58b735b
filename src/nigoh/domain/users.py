"""People who log in: their accounts, sessions and API tokens, as the database keeps them."""

from dataclasses import dataclass, field

from nigoh.domain.access import GRANTED, Permission, Principal, Role, UserId, Via
from nigoh.domain.language import Language
from nigoh.domain.sighting import CameraId

_MOST_DISPLAY_NAME = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may log in.

    Attributes:
        id: names them for ever.
        name: what they type to log in; unique, as `nigoh.domain.login_name` writes it.
        display_name: what people call them, or "".
        role: what they are.
        cameras: names of the only cameras that they may see; None: all.
        language: of the console.
        disabled: they may not log in, and nothing of theirs holds.
        has_password: they log in with a password of nigoh's own.
        has_second_factor: a code of their authenticator is wanted beside it.
        oidc_subject: issuer and subject of OpenID Connect, by which they log in elsewhere; unique, or None.
        created_unix_s, updated_unix_s, version: as of a person.
    """

    id: UserId
    name: str
    display_name: str = ""
    role: Role = Role.VIEWER
    cameras: frozenset[CameraId] | None = None
    language: Language = Language.ENGLISH
    disabled: bool = False
    has_password: bool = False
    has_second_factor: bool = False
    oidc_subject: str | None = None
    created_unix_s: float = 0.0
    updated_unix_s: float = 0.0
    version: int = 1

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a user has a name")
        if len(self.display_name) > _MOST_DISPLAY_NAME:
            raise ValueError(f"a display name has at most {_MOST_DISPLAY_NAME} characters")

    @property
    def keeps_house(self) -> bool:
        """An administrator who can log in."""
        return self.role is Role.ADMINISTRATOR and not self.disabled

    def principal(
        self, via: Via, credential_id: str = "", address: str = "", scopes: frozenset[Permission] | None = None
    ) -> Principal:
        """Them as who asks: permitted what their role is granted, narrowed to the scopes of a token."""
        granted = GRANTED[self.role]
        return Principal(
            user=self.id,
            name=self.name,
            role=self.role,
            permissions=granted if scopes is None else granted & scopes,
            cameras=self.cameras,
            via=via,
            credential_id=credential_id,
            address=address,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who has logged in, on one browser.

    Attributes:
        id: SHA-256 of its cookie, 64 hexadecimal digits: it opens nothing.
        user: who.
        csrf_hash: SHA-256 of the token that requests which change something carry beside the cookie.
        created_unix_s: when they logged in.
        seen_unix_s: when it was last used, to the minute.
        expires_unix_s: when it ends, used or not.
        address, agent: from where and with what program they logged in.
    """

    id: str
    user: UserId
    csrf_hash: str = field(repr=False)
    created_unix_s: float
    seen_unix_s: float
    expires_unix_s: float
    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token that a program shows instead of logging in.

    Attributes:
        id: names it for ever.
        user: on whose behalf it asks.
        name: what it is for.
        scopes: the most that it permits; what its user may not do, it does not permit either.
        created_unix_s: when it was made.
        expires_unix_s: when it ends.
        used_unix_s: when it was last used, to the minute; None: never.
        revoked_unix_s: when it was taken back, or None.
    """

    id: str
    user: UserId
    name: str
    scopes: frozenset[Permission]
    created_unix_s: float
    expires_unix_s: float
    used_unix_s: float | None = None
    revoked_unix_s: float | None = None

    def holds(self, now_unix_s: float) -> bool:
        """Whether it is taken at this time."""
        return self.revoked_unix_s is None and now_unix_s < self.expires_unix_s


def leaves_no_administrator(before: User, after: User | None, administrators: int) -> bool:
    """Whether nobody could administer any more.

    Args:
        before: a user as they are.
        after: as they would be; None: removed.
        administrators: how many administrators can log in now, this one counted.
    """
    return before.keeps_house and not (after is not None and after.keeps_house) and administrators <= 1
