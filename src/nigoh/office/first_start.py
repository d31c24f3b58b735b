"""The first start: a link, good for once, that makes the first administrator. There is no default password."""

from nigoh.domain.access import Role
from nigoh.domain.audit import AuditAction
from nigoh.domain.credentials import digest, new_secret
from nigoh.domain.users import User
from nigoh.errors import Forbidden
from nigoh.office.accounts import Accounts, NewUser, new_user
from nigoh.office.actor import Actor
from nigoh.office.doorkeeper import Doorkeeper, refusal
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.setup_links import SetupLinks
from nigoh.storage.database.users import Users

HOLDS_S = 24 * 3_600.0
"""So long a link holds. Each start without an administrator makes another one."""

PAGE = "/setup"
"""Where the console asks for the first administrator's name and password."""


class FirstStart:
    """Sets nigoh up, as long as no administrator can log in."""

    def __init__(self, database: Database, accounts: Accounts, doorkeeper: Doorkeeper) -> None:
        self._database = database
        self._accounts = accounts
        self._doorkeeper = doorkeeper

    def is_needed(self) -> bool:
        """Whether nobody can administer yet."""
        with self._database.read() as connection:
            return Users(connection).count_administrators() == 0

    def offer(self, server: str, now_unix_s: float) -> str | None:
        """The link to show on the terminal, for a server like http://127.0.0.1:8080; None: there is no need.

        The token stands behind the #, which browsers send to nobody, and no log of a proxy has it.
        """
        token = new_secret()
        with self._database.begin() as connection:
            if Users(connection).count_administrators() > 0:
                return None
            links = SetupLinks(connection)
            links.remove_expired(now_unix_s)
            links.add(digest(token), now_unix_s + HOLDS_S)
        return f"{server.rstrip('/')}{PAGE}#token={token}"

    def set_up(self, token: str, new: NewUser, address: str, now_unix_s: float) -> User:
        """Make the first administrator; the link and all others hold no more.

        Args:
            token: of the link.
            new: their name and password; the role is administrator and the cameras are all, whatever it says.
            address: from where they ask.
            now_unix_s: seconds since 1970.

        Raises:
            Forbidden: the link is used, expired or forged, or there is an administrator.
            Invalid: the name or the password is refused; the link holds on.
            Conflict: the name is taken; the link holds on.
            Throttled: too many attempts from this address.
        """
        self._require_link(token, address, now_unix_s)
        user = new_user(
            NewUser(name=new.name, display_name=new.display_name, role=Role.ADMINISTRATOR, language=new.language),
            now_unix_s,
        )
        password_hash = self._accounts.hashed(user, new.password or "")
        with self._database.begin() as connection:
            # Who comes second finds no link, and what was done here is undone.
            if not SetupLinks(connection).take_all(digest(token), now_unix_s):
                raise _link_is_gone()
            if Users(connection).count_administrators() > 0:
                raise _link_is_gone()
            stored = Users(connection).add(user, password_hash, now_unix_s)
            event = Actor(stored.name, address).event(AuditAction.SETUP, "user", stored.id)
            Audit(connection).write(event, now_unix_s)
        return stored

    def _require_link(self, token: str, address: str, now_unix_s: float) -> None:
        """Raise Forbidden, and write it down, unless a link has this token; Throttled after too many without."""
        ticket = self._doorkeeper.admit_stranger(address, now_unix_s)
        with self._database.begin() as connection:
            holds = SetupLinks(connection).holds(digest(token), now_unix_s)
            if holds:
                self._doorkeeper.take_back(connection, ticket)
            else:
                # What was shown is not: it may be a link of another installation.
                Audit(connection).write(refusal(None, address, "setup-link"), now_unix_s)
        if not holds:
            raise _link_is_gone()


def _link_is_gone() -> Forbidden:
    return Forbidden(
        "the set-up link was used, has expired, or never was one",
        "Start nigoh again for another link, or run: nigoh users add NAME --role administrator.",
    )
