"""Logging in at an OpenID Connect provider. Optional: needs the extra `oidc`."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy import Connection

from nigoh.domain.access import Role
from nigoh.domain.audit import AuditAction
from nigoh.domain.login_name import login_name
from nigoh.domain.users import User, leaves_no_administrator
from nigoh.errors import Forbidden, Invalid, MissingExtra, NigohError, Unauthenticated
from nigoh.office.accounts import NewUser, new_user
from nigoh.office.actor import Actor
from nigoh.office.doorkeeper import Doorkeeper, refusal
from nigoh.office.logins import login_event
from nigoh.office.oidc_flow import Flow, begin_flow, read_flow
from nigoh.office.oidc_settings import OidcSettings
from nigoh.office.sessions import OpenedSession, OpenSessions, Visitor
from nigoh.outbound import Outbound
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.sessions import Sessions
from nigoh.storage.database.users import Users

_LONGEST_DISPLAY_NAME = 256


class Provider(Protocol):
    """Speaks with the provider. Any thread."""

    def login_address(self, flow: Flow, now_unix_s: float) -> str:
        """Where a browser goes to log in. Raises Retryable, ConfigError."""
        ...

    def claims(self, code: str, issuer: str, flow: Flow, now_unix_s: float) -> Mapping[str, object]:
        """The verified claims of whoever came back with a code. Raises Unauthenticated, Retryable, ConfigError."""
        ...


def open_provider(settings: OidcSettings, outbound: Outbound) -> Provider:
    """The provider of these settings; it is asked when somebody logs in. Raises MissingExtra."""
    try:
        from nigoh.office.oidc_http import OidcHttp  # noqa: PLC0415 - the extra may not be installed
        from nigoh.office.oidc_provider import OidcProvider  # noqa: PLC0415 - as above
    except ImportError as error:
        raise MissingExtra("logging in with OpenID Connect", "oidc") from error
    return OidcProvider(settings, OidcHttp(outbound))


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that was begun: where the browser goes, and what it keeps meanwhile."""

    address: str
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a browser brings back from the provider; "" for what it does not bring.

    Attributes:
        state, code, issuer, error: as the address says.
        cookie: what it kept meanwhile.
    """

    state: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    issuer: str = ""
    error: str = ""
    cookie: str = field(default="", repr=False)


class OpenIdConnect:
    """Logs users in who have shown at a provider who they are.

    A user is who the provider's subject says, and never who has the same name: whoever can choose their name there
    would otherwise choose their account here.
    """

    def __init__(
        self,
        database: Database,
        settings: OidcSettings,
        provider: Provider,
        sessions: OpenSessions,
        doorkeeper: Doorkeeper,
    ) -> None:
        self._database = database
        self._settings = settings
        self._provider = provider
        self._sessions = sessions
        self._doorkeeper = doorkeeper

    def begin(self, now_unix_s: float) -> Begun:
        """Begin a login. Raises Retryable, ConfigError: the provider cannot be asked."""
        flow = begin_flow(now_unix_s)
        return Begun(self._provider.login_address(flow, now_unix_s), flow.cookie)

    def finish(self, back: Return, visitor: Visitor, now_unix_s: float) -> OpenedSession:
        """Begin a session for whoever came back.

        Raises:
            Unauthenticated: they did not begin here, or what the provider says cannot be believed.
            Forbidden: they are nobody here, or disabled.
            Throttled: too many attempts from their address.
            Retryable, ConfigError: the provider cannot be asked.
        """
        ticket = self._doorkeeper.admit_stranger(visitor.address, now_unix_s)
        try:
            claims = self._claims(back, now_unix_s)
        except Unauthenticated:
            with self._database.begin() as connection:
                event = refusal(None, visitor.address, "oidc")
                self._doorkeeper.tell_sometimes(connection, event, now_unix_s)
            raise
        with self._database.begin() as connection:
            # A refusal is written down too, so it is raised when the transaction is over.
            outcome = self._admit(connection, claims, visitor, now_unix_s)
            if not isinstance(outcome, NigohError):
                self._doorkeeper.take_back(connection, ticket)
        if isinstance(outcome, NigohError):
            raise outcome
        return outcome

    def _claims(self, back: Return, now_unix_s: float) -> Mapping[str, object]:
        flow = read_flow(back.cookie)
        if flow is None or not flow.holds(back.state, now_unix_s):
            raise Unauthenticated("this login was not begun here, or too long ago", "Log in again.")
        if back.error or not back.code:
            raise Unauthenticated("the OpenID Connect provider has refused", "Log in again.")
        return self._provider.claims(back.code, back.issuer, flow, now_unix_s)

    def _admit(
        self, connection: Connection, claims: Mapping[str, object], visitor: Visitor, now_unix_s: float
    ) -> OpenedSession | NigohError:
        role = self._settings.role_of(claims)
        known = Users(connection).of_subject(self._settings.subject_of(claims))
        if role is None or (known is not None and known.disabled) or not (known or self._settings.adds_users):
            Audit(connection).write(refusal(known, visitor.address, "oidc-role"), now_unix_s)
            return Forbidden("you are not a user here", "Ask an administrator for a role.")
        user = self._brought_up_to_date(connection, known, role, now_unix_s) if known else None
        if known is not None and user is None:
            Audit(connection).write(refusal(known, visitor.address, "oidc-last-administrator"), now_unix_s)
            return Forbidden(
                "the provider takes your role away, and nobody else administers nigoh",
                "Make another administrator: nigoh users add NAME --role administrator.",
            )
        user = user or self._added(connection, claims, role, now_unix_s)
        opened = self._sessions.open(connection, user, visitor, now_unix_s)
        Audit(connection).write(login_event(user, visitor.address, "oidc"), now_unix_s)
        return opened

    def _brought_up_to_date(self, connection: Connection, user: User, role: Role, now_unix_s: float) -> User | None:
        """The user in the role that the provider gives them; None: the last administrator may not lose it."""
        if user.role is role:
            return user
        users, wanted = Users(connection), replace(user, role=role)
        if user.keeps_house and leaves_no_administrator(user, wanted, users.hold_administrators()):
            return None
        stored = users.change(wanted, now_unix_s)
        Sessions(connection).end_of_user(user.id)
        event = Actor("system").event(AuditAction.CHANGE, "user", user.id, {"what": "oidc-role", "role": role.value})
        Audit(connection).write(event, now_unix_s)
        return stored

    def _added(self, connection: Connection, claims: Mapping[str, object], role: Role, now_unix_s: float) -> User:
        subject = self._settings.subject_of(claims)
        new = NewUser(
            name=_free_name(Users(connection), claims.get(self._settings.name_claim), subject),
            display_name=str(claims.get("name") or "")[:_LONGEST_DISPLAY_NAME].replace("\0", ""),
            role=role,
            oidc_subject=subject,
        )
        stored = Users(connection).add(new_user(new, now_unix_s), None, now_unix_s)
        event = Actor("system").event(
            AuditAction.CHANGE, "user", stored.id, {"what": "oidc-added", "role": role.value}
        )
        Audit(connection).write(event, now_unix_s)
        return stored


def _free_name(users: Users, wanted: object, subject: str) -> str:
    """A login name as they would like it, or with a mark of their subject where that is no name, or is taken."""
    mark = hashlib.sha256(subject.encode()).hexdigest()[:8]
    try:
        name = login_name(str(wanted or ""))
    except Invalid:
        return f"oidc.{mark}"
    return name if users.named(name) is None else f"{name[:50]}.{mark}"
