"""Users, sessions, tokens and logins, as JSON."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from nigoh.domain.access import Permission, Principal, Role, Via
from nigoh.domain.language import Language
from nigoh.domain.sighting import CameraId
from nigoh.domain.users import ApiToken, Session, User
from nigoh.office.personal_tokens import LONGEST_DAYS, USUAL_DAYS
from nigoh.server.times import Time, to_time, to_time_or_none

_MOST_CAMERAS = 10_000

LoginName = Annotated[str, Field(min_length=1, max_length=256, description="What they log in with.")]
DisplayName = Annotated[str, Field(max_length=256, description="What people call them.")]
Password = Annotated[str, Field(min_length=1, max_length=1024, description="Never told again.")]
Code = Annotated[
    str, Field(max_length=64, description="Of the authenticator, or a recovery code; if a second factor is set up.")
]
CameraNames = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=256)]],
    Field(max_length=_MOST_CAMERAS, description="Names of the only cameras that they may see; null: all."),
]


class Body(BaseModel):
    """What is sent; no error repeats it, as it may hold a password."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class LoginBody(Body):
    """Logging in."""

    name: LoginName
    password: Password
    code: Code = ""


class PasswordBody(Body):
    """One's own password, once more."""

    password: Password


class CodeBody(Body):
    """A code that the authenticator shows now."""

    code: Code


class OwnPasswordBody(Body):
    """Another password of one's own."""

    old_password: Password
    new_password: Password


class NewUserBody(Body):
    """Somebody who shall be able to log in."""

    name: LoginName
    display_name: DisplayName = ""
    role: Role
    cameras: CameraNames | None = None
    language: Language = Language.ENGLISH
    password: Password


class UserPatch(Body):
    """What is to change of a user; what is left out stays."""

    display_name: DisplayName | None = None
    role: Role | None = None
    cameras: CameraNames | None = Field(None, description="As of a user; null: all cameras.")
    language: Language | None = None
    disabled: bool | None = None


class OwnPatch(Body):
    """What users change of themselves; what is left out stays."""

    display_name: DisplayName | None = None
    language: Language | None = None


class SetupBody(Body):
    """The first administrator."""

    token: Annotated[str, Field(min_length=1, max_length=256, description="Of the link on the terminal.")]
    name: LoginName
    display_name: DisplayName = ""
    language: Language = Language.ENGLISH
    password: Password


class NewTokenBody(Body):
    """A token that is wanted."""

    name: Annotated[str, Field(min_length=1, max_length=100, description="What it is for.")]
    scopes: Annotated[
        list[Permission], Field(min_length=1, max_length=len(Permission), description="What it permits.")
    ]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS, description="How long it holds.")] = USUAL_DAYS


class UserModel(BaseModel):
    """Somebody who may log in."""

    id: str
    name: str = Field(description="What they log in with.")
    display_name: str
    role: Role
    cameras: list[str] | None = Field(description="Names of the only cameras that they may see; null: all.")
    language: Language
    disabled: bool = Field(description="They may not log in, and nothing of theirs holds.")
    has_password: bool
    has_second_factor: bool
    logs_in_elsewhere: bool = Field(description="With OpenID Connect.")
    created_at: Time
    updated_at: Time
    version: int


class SessionModel(BaseModel):
    """Somebody who has logged in on one browser."""

    id: str
    created_at: Time
    seen_at: Time = Field(description="To the minute.")
    expires_at: Time
    address: str
    agent: str = Field(description="The program, as it names itself.")
    current: bool = Field(description="It is the one that asks.")


class PrincipalModel(BaseModel):
    """Who asks."""

    user: UserModel
    via: Via
    permissions: list[Permission]
    cameras: list[str] | None = Field(description="Names of the only cameras that they may see; null: all.")
    csrf_token: str | None = Field(
        description="To be sent as X-CSRF-Token with each request that changes something; null with an API token."
    )


class WaysModel(BaseModel):
    """How one can log in here."""

    password: Literal[True] = True
    oidc: bool = Field(description="With OpenID Connect: go to /api/v1/session/oidc.")
    needs_setup: bool = Field(description="There is no administrator yet: the link is on the terminal.")


class TokenModel(BaseModel):
    """An API token."""

    id: str
    name: str
    scopes: list[Permission]
    created_at: Time
    expires_at: Time
    used_at: Time | None = Field(description="To the minute; null: never.")
    revoked_at: Time | None


class NewTokenModel(TokenModel):
    """An API token that was just made."""

    token: str = Field(description="Keep it now: it is shown this once.")


class EnrolmentModel(BaseModel):
    """What an authenticator needs to know."""

    secret: str = Field(description="For typing, base 32.")
    address: str = Field(description="The same as otpauth:// address, for a QR code.")
    qr_svg: str = Field(description="That QR code as an SVG document.")


class RecoveryCodesModel(BaseModel):
    """Codes that stand in for the authenticator, each once."""

    codes: list[str] = Field(description="Keep them now: they are shown this once.")


class EndedModel(BaseModel):
    """How many sessions were ended."""

    sessions: int


def user_model(user: User) -> UserModel:
    """A user as JSON."""
    return UserModel(
        id=user.id,
        name=user.name,
        display_name=user.display_name,
        role=user.role,
        cameras=_camera_names(user.cameras),
        language=user.language,
        disabled=user.disabled,
        has_password=user.has_password,
        has_second_factor=user.has_second_factor,
        logs_in_elsewhere=user.oidc_subject is not None,
        created_at=to_time(user.created_unix_s),
        updated_at=to_time(user.updated_unix_s),
        version=user.version,
    )


def session_model(session: Session, current: str) -> SessionModel:
    """A session as JSON; `current` is the identifier of the one that asks."""
    return SessionModel(
        id=session.id,
        created_at=to_time(session.created_unix_s),
        seen_at=to_time(session.seen_unix_s),
        expires_at=to_time(session.expires_unix_s),
        address=session.address,
        agent=session.agent,
        current=session.id == current,
    )


def principal_model(principal: Principal, user: User, csrf_token: str | None) -> PrincipalModel:
    """Who asks, as JSON."""
    return PrincipalModel(
        user=user_model(user),
        via=principal.via,
        permissions=sorted(principal.permissions),
        cameras=_camera_names(principal.cameras),
        csrf_token=csrf_token,
    )


def token_model(token: ApiToken) -> TokenModel:
    """A token as JSON."""
    return TokenModel(
        id=token.id,
        name=token.name,
        scopes=sorted(token.scopes),
        created_at=to_time(token.created_unix_s),
        expires_at=to_time(token.expires_unix_s),
        used_at=to_time_or_none(token.used_unix_s),
        revoked_at=to_time_or_none(token.revoked_unix_s),
    )


def cameras_of(names: list[str] | None) -> frozenset[CameraId] | None:
    """The cameras of these names; None: all."""
    return None if names is None else frozenset(CameraId(name) for name in names)


def _camera_names(cameras: frozenset[CameraId] | None) -> list[str] | None:
    return None if cameras is None else sorted(cameras)
