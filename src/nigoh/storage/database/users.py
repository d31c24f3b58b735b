"""User accounts in the database."""

from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, RowMapping, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from nigoh.domain.access import Role, UserId
from nigoh.domain.language import Language
from nigoh.domain.page import ListOrder, Page, PageQuery
from nigoh.domain.sighting import CameraId
from nigoh.domain.users import User
from nigoh.errors import Conflict, Missing, Stale
from nigoh.storage.database.keyset import Order, named_orders, read_page
from nigoh.storage.database.tables import USERS

_ORDERS = named_orders(USERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    """Which users are listed: those that fit all that is given.

    Attributes:
        text: a part of the login name or of what people call them.
        role: what they are.
        disabled: whether they may not log in.
    """

    text: str = ""
    role: Role | None = None
    disabled: bool | None = None


ALL_USERS = UserFilter()


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a user proves who they are; it leaves the server in no form.

    Attributes:
        user: who, as they are now.
        password_hash: Argon2's own text, or None: they have no password here.
    """

    user: User
    password_hash: str | None = field(repr=False)


class Users:
    """User accounts, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: User, password_hash: str | None, now_unix_s: float) -> User:
        """Add a user. Returns them as stored; `has_password` follows the hash.

        Raises:
            Conflict: the name or the subject of OpenID Connect is taken.
        """
        stored = replace(
            user,
            has_password=password_hash is not None,
            has_second_factor=False,
            created_unix_s=now_unix_s,
            updated_unix_s=now_unix_s,
            version=1,
        )
        values = _columns(stored) | {
            "id": stored.id,
            "name": stored.name,
            "password_hash": password_hash,
            "created_unix_s": now_unix_s,
            "version": 1,
        }
        try:
            self._connection.execute(insert(USERS).values(values))
        except IntegrityError as error:
            raise _conflict(error) from error
        return stored

    def get(self, user: UserId) -> User | None:
        """The user of this identifier, or None."""
        row = self._connection.execute(select(USERS).where(USERS.c.id == user)).mappings().first()
        return _user_of(row) if row else None

    def require(self, user: UserId) -> User:
        """The user of this identifier. Raises Missing."""
        found = self.get(user)
        if found is None:
            raise Missing("user", user)
        return found

    def named(self, name: str) -> User | None:
        """The user who logs in with this name, or None."""
        row = self._connection.execute(select(USERS).where(USERS.c.name == name)).mappings().first()
        return _user_of(row) if row else None

    def of_subject(self, subject: str) -> User | None:
        """The user of this subject of OpenID Connect, or None."""
        row = self._connection.execute(select(USERS).where(USERS.c.oidc_subject == subject)).mappings().first()
        return _user_of(row) if row else None

    def credentials(self, name: str) -> Credentials | None:
        """The user who logs in with this name, and their password's hash; None: there is nobody of that name."""
        row = self._connection.execute(select(USERS).where(USERS.c.name == name)).mappings().first()
        return Credentials(_user_of(row), row["password_hash"]) if row else None

    def page(
        self,
        query: PageQuery,
        wanted: UserFilter = ALL_USERS,
        sort: ListOrder = ListOrder.NAME,
        *,
        descending: bool = False,
    ) -> Page[User]:
        """A part of the users that are wanted. Raises BadCursor: the cursor is none of this list in this order."""
        order, chosen = Order(f"users-{sort}", _ORDERS[sort], descending), select(USERS)
        if wanted.text:
            names = [
                column.icontains(wanted.text, autoescape=True) for column in (USERS.c.name, USERS.c.display_name)
            ]
            chosen = chosen.where(or_(*names))
        if wanted.role is not None:
            chosen = chosen.where(USERS.c.role == wanted.role.value)
        if wanted.disabled is not None:
            chosen = chosen.where(USERS.c.disabled.is_(wanted.disabled))
        return read_page(self._connection, chosen, order, query, lambda rows: [_user_of(row) for row in rows])

    def change(self, user: User, now_unix_s: float) -> User:
        """Store what may be changed of a user: everything but the identifier, the name and what they log in with.

        Args:
            user: as they shall be; `version` is the one that was read.
            now_unix_s: seconds since 1970.

        Raises:
            Missing: there is no such user.
            Stale: they were changed since they were read.
            Conflict: the subject of OpenID Connect is taken.
        """
        stored = replace(user, updated_unix_s=now_unix_s, version=user.version + 1)
        chosen = update(USERS).where(USERS.c.id == user.id, USERS.c.version == user.version)
        try:
            result = self._connection.execute(chosen.values(_columns(stored) | {"version": stored.version}))
        except IntegrityError as error:
            raise _conflict(error) from error
        if result.rowcount == 0:
            self.require(user.id)
            raise Stale("user", user.id)
        return stored

    def set_password_hash(self, user: UserId, password_hash: str, now_unix_s: float) -> None:
        """Give a user another password. Raises Missing."""
        values = {
            "password_hash": password_hash,
            "updated_unix_s": now_unix_s,
            "version": USERS.c.version + 1,
        }
        if self._connection.execute(update(USERS).where(USERS.c.id == user).values(values)).rowcount == 0:
            raise Missing("user", user)

    def rehash(self, user: UserId, before: str, after: str) -> None:
        """Store another hash of the same password, unless the password was changed meanwhile."""
        same = (USERS.c.id == user) & (USERS.c.password_hash == before)
        self._connection.execute(update(USERS).where(same).values(password_hash=after))

    def remove(self, user: UserId) -> None:
        """Remove a user and all that is theirs: sessions, tokens, recovery codes. Raises Missing."""
        if self._connection.execute(delete(USERS).where(USERS.c.id == user)).rowcount == 0:
            raise Missing("user", user)

    def count_administrators(self) -> int:
        """How many administrators can log in."""
        return self._connection.scalar(select(func.count()).select_from(USERS).where(_keeps_house)) or 0

    def hold_administrators(self) -> int:
        """How many administrators can log in; until the transaction ends, nobody else makes them fewer."""
        # SQLite has one writer, and knows no such locks.
        chosen = select(USERS.c.id).where(_keeps_house).order_by(USERS.c.id).with_for_update()
        return len(self._connection.execute(chosen).all())


_keeps_house = (USERS.c.role == Role.ADMINISTRATOR.value) & USERS.c.disabled.is_(False)


def _columns(user: User) -> dict[str, object]:
    return {
        "display_name": user.display_name,
        "role": user.role.value,
        "cameras": None if user.cameras is None else sorted(user.cameras),
        "language": user.language.value,
        "disabled": user.disabled,
        "oidc_subject": user.oidc_subject,
        "updated_unix_s": user.updated_unix_s,
    }


def _user_of(row: RowMapping) -> User:
    return User(
        id=UserId(row["id"]),
        name=row["name"],
        display_name=row["display_name"],
        role=Role(row["role"]),
        cameras=None if row["cameras"] is None else frozenset(CameraId(camera) for camera in row["cameras"]),
        language=Language(row["language"]),
        disabled=row["disabled"],
        has_password=row["password_hash"] is not None,
        has_second_factor=row["totp_step"] is not None,
        oidc_subject=row["oidc_subject"],
        created_unix_s=row["created_unix_s"],
        updated_unix_s=row["updated_unix_s"],
        version=row["version"],
    )


def _conflict(error: IntegrityError) -> Conflict:
    return Conflict("user", "subject of OpenID Connect" if "oidc_subject" in str(error.orig) else "name")
