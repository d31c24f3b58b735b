"""Users' accounts: added, changed and removed by administrators, and by themselves what is their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nigoh.domain.access import Principal, Role, UserId, Via
from nigoh.domain.audit import AuditAction
from nigoh.domain.identifiers import new_id
from nigoh.domain.language import Language
from nigoh.domain.login_name import login_name
from nigoh.domain.page import ListOrder, Page, PageQuery
from nigoh.domain.passwords import check_password
from nigoh.domain.sighting import CameraId
from nigoh.domain.users import User, leaves_no_administrator
from nigoh.errors import Forbidden, Invalid, Missing
from nigoh.office.actor import Actor
from nigoh.office.passwords import Passwords
from nigoh.office.reach import require_reach
from nigoh.storage.audit import Audit
from nigoh.storage.database.api_tokens import ApiTokens
from nigoh.storage.database.database import Database
from nigoh.storage.database.preferences import StoredPreferences
from nigoh.storage.database.sessions import Sessions
from nigoh.storage.database.users import ALL_USERS, UserFilter, Users


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Somebody who shall be able to log in.

    Attributes:
        name, display_name, role, cameras, language: as of `User`; the name as it was typed.
        password: to log in with; None: they log in elsewhere.
        oidc_subject: as of `User`.
    """

    name: str
    display_name: str = ""
    role: Role
    cameras: frozenset[CameraId] | None = None
    language: Language = Language.ENGLISH
    password: str | None = field(default=None, repr=False)
    oidc_subject: str | None = None


class Accounts:
    """All accounts.

    Whoever asks needs the permission for it, which is checked where they ask; here is checked that nobody grants more
    than they have, and that an administrator is left.
    """

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    def page(
        self,
        query: PageQuery,
        wanted: UserFilter = ALL_USERS,
        sort: ListOrder = ListOrder.NAME,
        *,
        descending: bool = False,
    ) -> Page[User]:
        """A part of the users that are wanted. Raises BadCursor."""
        with self._database.read() as connection:
            return Users(connection).page(query, wanted, sort, descending=descending)

    def get(self, user: UserId) -> User:
        """The user of this identifier. Raises Missing."""
        with self._database.read() as connection:
            return Users(connection).require(user)

    def named(self, name: str) -> User:
        """The user who logs in with this name. Raises Missing, Invalid."""
        with self._database.read() as connection:
            found = Users(connection).named(login_name(name))
        if found is None:
            raise Missing("user", login_name(name))
        return found

    def add(self, who: Principal, new: NewUser, now_unix_s: float) -> User:
        """Add a user.

        Raises:
            Invalid: the name or the password is refused.
            Conflict: the name is taken.
            Forbidden: they would have more than who asks.
        """
        user = new_user(new, now_unix_s)
        if not who.may_grant(user.role, user.cameras):
            raise _grants_too_much()
        password_hash = self.hashed(user, new.password) if new.password is not None else None
        with self._database.begin() as connection:
            stored = Users(connection).add(user, password_hash, now_unix_s)
            event = Actor.of(who).event(AuditAction.CHANGE, "user", stored.id, {"what": "added", **_rights(stored)})
            Audit(connection).write(event, now_unix_s)
        return stored

    def change(self, who: Principal, wanted: User, now_unix_s: float) -> User:
        """Change a user's display name, language, role, cameras, or whether they may log in.

        Another role and being disabled end their sessions; another scope of cameras holds from the next request on.

        Args:
            who: asks for it.
            wanted: the user as they shall be; `version` is the one that was read.
            now_unix_s: seconds since 1970.

        Raises:
            Missing, Stale: there is none, or they were changed since.
            Forbidden: they have more than who asks, or would.
            Invalid: no administrator would be left who can log in.
        """
        with self._database.begin() as connection:
            users = Users(connection)
            before = users.require(wanted.id)
            gives_rights = _rights(before) != _rights(wanted)
            require_reach(who, before)
            if gives_rights and not who.may_grant(wanted.role, wanted.cameras):
                raise _grants_too_much()
            _require_administrator(users, before, wanted)
            stored = users.change(replace(wanted, name=before.name, oidc_subject=before.oidc_subject), now_unix_s)
            if before.role is not stored.role or stored.disabled:
                Sessions(connection).end_of_user(stored.id)
            detail: Mapping[str, str | bool] = {"what": "changed", **(_rights(stored) if gives_rights else {})}
            Audit(connection).write(Actor.of(who).event(AuditAction.CHANGE, "user", stored.id, detail), now_unix_s)
        return stored

    def remove(self, who: Principal, user: UserId, now_unix_s: float) -> None:
        """Remove a user with their sessions and tokens; what they did stays in the audit. Raises as `change`."""
        with self._database.begin() as connection:
            users = Users(connection)
            before = users.require(user)
            require_reach(who, before)
            _require_administrator(users, before, None)
            users.remove(user)
            StoredPreferences(connection).forget(user)
            Audit(connection).write(Actor.of(who).event(AuditAction.DELETE, "user", user), now_unix_s)

    def reset_password(self, who: Principal, user: UserId, password: str, now_unix_s: float) -> None:
        """Give somebody else a password. All their sessions end and their tokens are taken back: it may be a rescue.

        Raises:
            Missing: no such user.
            Forbidden: they have more than who asks, or it is themselves: they show the old one.
            Invalid: the password is refused.
        """
        if who.via is not Via.COMMAND and who.user == user:
            raise Forbidden("one's own password is changed by showing the old one", "Use /api/v1/me/password.")
        with self._database.read() as connection:
            target = Users(connection).require(user)
        require_reach(who, target)
        password_hash = self.hashed(target, password)
        with self._database.begin() as connection:
            require_reach(who, Users(connection).require(user))
            Users(connection).set_password_hash(user, password_hash, now_unix_s)
            Sessions(connection).end_of_user(user)
            ApiTokens(connection).revoke_of_user(user, now_unix_s)
            event = Actor.of(who).event(AuditAction.CHANGE, "user", user, {"what": "password-reset"})
            Audit(connection).write(event, now_unix_s)

    def change_own_password(self, who: Principal, password: str, now_unix_s: float) -> None:
        """Change one's own password, once the old one was shown. All one's other sessions end; tokens go on.

        Raises:
            Invalid: the password is refused.
        """
        with self._database.read() as connection:
            target = Users(connection).require(who.user)
        password_hash = self.hashed(target, password)
        with self._database.begin() as connection:
            Users(connection).set_password_hash(who.user, password_hash, now_unix_s)
            Sessions(connection).end_of_user(who.user, but=who.credential_id)
            event = Actor.of(who).event(AuditAction.CHANGE, "user", who.user, {"what": "password"})
            Audit(connection).write(event, now_unix_s)

    def hashed(self, user: User, password: str) -> str:
        """What is stored of a password that a user shall have. Raises Invalid, Throttled."""
        check_password(password, (user.name, user.display_name))
        return self._passwords.hash(password)


def new_user(new: NewUser, now_unix_s: float) -> User:
    """The user as they will be stored. Raises Invalid."""
    try:
        return User(
            id=UserId(new_id(now_unix_s)),
            name=login_name(new.name),
            display_name=new.display_name.strip(),
            role=new.role,
            cameras=new.cameras,
            language=new.language,
            oidc_subject=new.oidc_subject,
        )
    except ValueError as error:
        raise Invalid("display_name", str(error)) from error


def _require_administrator(users: Users, before: User, after: User | None) -> None:
    """Raise Invalid unless somebody can administer afterwards. Two at a time cannot both be the last but one."""
    if before.keeps_house and leaves_no_administrator(before, after, users.hold_administrators()):
        raise Invalid("role", "nobody could administer any more", "Make somebody else an administrator first.")


def _rights(user: User) -> dict[str, str | bool]:
    cameras = "all" if user.cameras is None else ", ".join(sorted(user.cameras))
    return {"role": user.role.value, "cameras": cameras, "disabled": user.disabled}


def _grants_too_much() -> Forbidden:
    return Forbidden("nobody gives another more than they have", "Ask somebody whose role and cameras include these.")
