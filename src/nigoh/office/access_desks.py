"""Everything that has to do with who may use nigoh, put together once for the server and the commands."""

from dataclasses import dataclass

from nigoh.office.accounts import Accounts
from nigoh.office.doorkeeper import Doorkeeper
from nigoh.office.first_start import FirstStart
from nigoh.office.logins import Logins
from nigoh.office.passwords import PasswordCost, Passwords
from nigoh.office.personal_tokens import PersonalTokens
from nigoh.office.preferences import PreferenceDesk
from nigoh.office.second_factor import Sealer, SecondFactorDesk
from nigoh.office.sessions import OpenSessions, SessionLimits
from nigoh.office.socket_tickets import SocketTickets
from nigoh.storage.database.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDesks:
    """The desks that one goes to; they share one database. Any thread may use them.

    Attributes:
        database: of all of them.
        accounts: users.
        logins: begins sessions.
        sessions: recognises and ends them.
        tokens: of programs.
        second_factor: codes beside passwords.
        first_start: the first administrator.
        preferences: how they want the console to be.
        doorkeeper: slows guessers down.
        tickets: for WebSockets of pages that have a token.
    """

    database: Database
    accounts: Accounts
    logins: Logins
    sessions: OpenSessions
    tokens: PersonalTokens
    second_factor: SecondFactorDesk
    first_start: FirstStart
    preferences: PreferenceDesk
    doorkeeper: Doorkeeper
    tickets: SocketTickets

    def tidy(self, now_unix_s: float) -> None:
        """Remove sessions, tokens and failures that time has ended. To be called about once an hour."""
        self.sessions.tidy(now_unix_s)
        self.tokens.tidy(now_unix_s)
        self.doorkeeper.tidy(now_unix_s)


def open_desks(
    database: Database, sealer: Sealer, *, limits: SessionLimits | None = None, cost: PasswordCost | None = None
) -> AccessDesks:
    """The desks of a database; `sealer` is its vault."""
    passwords, doorkeeper = Passwords(cost), Doorkeeper(database)
    sessions, second_factor = OpenSessions(database, limits), SecondFactorDesk(database, sealer)
    accounts = Accounts(database, passwords)
    return AccessDesks(
        database=database,
        accounts=accounts,
        logins=Logins(database, passwords, doorkeeper, sessions, second_factor),
        sessions=sessions,
        tokens=PersonalTokens(database),
        second_factor=second_factor,
        first_start=FirstStart(database, accounts, doorkeeper),
        preferences=PreferenceDesk(database),
        doorkeeper=doorkeeper,
        tickets=SocketTickets(),
    )
