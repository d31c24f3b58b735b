"""Slows those down who guess passwords: counts failures in the database and holds them against the rules."""

from dataclasses import dataclass

from sqlalchemy import Connection

from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.origin import origin_of
from nigoh.domain.throttling import ACCOUNT, ADDRESS, BOTH, CODE, LONGEST_WINDOW_S, ThrottleRule, still_to_wait_s
from nigoh.domain.users import User
from nigoh.errors import Throttled
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.login_failures import LoginAddresses, LoginFailures
from nigoh.storage.database.users import Users

KNOWN_FOR_S = 90 * 86_400.0
"""So long an address counts as one that a user logs in from."""

_TOLD_EVERY_S = 60.0

NOBODY = "unknown"
"""Actor of the audit for a name that no user has: what was typed may be somebody's password."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """An attempt that may be made. It counts as a failure until it is taken back, so that many at once gain nothing.

    Attributes:
        name: the login name that is tried, in its stored form.
        origin: from where, as attempts are counted.
        failures: what it was counted as.
    """

    name: str
    origin: str
    failures: tuple[int, ...]


class Doorkeeper:
    """Decides who may try to log in. The counts are in the database: they survive restarts, and hold everywhere."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def admit(self, name: str, address: str, now_unix_s: float) -> Ticket:
        """Let an attempt on an account be made from an address, or raise Throttled."""
        origin = origin_of(address)
        with self._database.begin() as connection:
            failures = LoginFailures(connection)
            failures.hold()
            user = Users(connection).named(name)
            wait_s = self._wait_s(connection, user, Ticket(name, origin, ()), now_unix_s)
            if wait_s <= 0:
                subjects = (_account(name), _address(origin), _both(name, origin))
                return Ticket(name, origin, failures.add(subjects, now_unix_s))
            event = refusal(user, address, "throttled")
            self.tell_sometimes(connection, event, now_unix_s)
        raise Throttled("too many failed attempts to log in", wait_s)

    def admit_stranger(self, address: str, now_unix_s: float) -> Ticket:
        """Let an attempt be made that names no account yet, or raise Throttled."""
        origin = origin_of(address)
        with self._database.begin() as connection:
            failures = LoginFailures(connection)
            failures.hold()
            wait_s = _held_against(failures, ADDRESS, _address(origin), now_unix_s)
            if wait_s <= 0:
                return Ticket("", origin, failures.add((_address(origin),), now_unix_s))
            self.tell_sometimes(connection, refusal(None, address, "throttled"), now_unix_s)
        raise Throttled("too many failed attempts to log in", wait_s)

    def passed(self, connection: Connection, ticket: Ticket, user: User, now_unix_s: float) -> None:
        """The attempt was right: it was no failure, and the user is known there from now on."""
        failures = LoginFailures(connection)
        failures.hold()
        failures.take_back(ticket.failures)
        # What others did to the account or from the address stays counted: a guesser may have an account, too.
        failures.forget(_both(ticket.name, ticket.origin))
        failures.forget(_code(ticket.name))
        LoginAddresses(connection).learn(user.id, ticket.origin, now_unix_s)

    def take_back(self, connection: Connection, ticket: Ticket) -> None:
        """The attempt was neither right nor wrong."""
        LoginFailures(connection).take_back(ticket.failures)

    def wait_for_code_s(self, connection: Connection, name: str, now_unix_s: float) -> float:
        """How long until another code of the second factor of this account is looked at."""
        failures = LoginFailures(connection)
        failures.hold()
        return _held_against(failures, CODE, _code(name), now_unix_s)

    def code_failed(self, connection: Connection, name: str, now_unix_s: float) -> None:
        """A code of the second factor was wrong."""
        LoginFailures(connection).add((_code(name),), now_unix_s)

    def tell_sometimes(self, connection: Connection, event: AuditEvent, now_unix_s: float) -> None:
        """Write a refusal that costs whoever asks nothing into the audit, once a minute for each address."""
        failures = LoginFailures(connection)
        told = f"told:{origin_of(event.address)}"
        if not failures.times(told, now_unix_s - _TOLD_EVERY_S, 1):
            failures.add((told,), now_unix_s)
            Audit(connection).write(event, now_unix_s)

    def tidy(self, now_unix_s: float) -> None:
        """Remove what concerns no rule any more. To be called now and then."""
        with self._database.begin() as connection:
            LoginFailures(connection).remove_old(now_unix_s - LONGEST_WINDOW_S)
            LoginAddresses(connection).remove_old(now_unix_s - KNOWN_FOR_S)

    def _wait_s(self, connection: Connection, user: User | None, attempt: Ticket, now_unix_s: float) -> float:
        failures = LoginFailures(connection)
        rules = {_both(attempt.name, attempt.origin): BOTH}
        since = now_unix_s - KNOWN_FOR_S
        if user is None or not LoginAddresses(connection).knows(user.id, attempt.origin, since):
            rules |= {_address(attempt.origin): ADDRESS, _account(attempt.name): ACCOUNT}
        return max(_held_against(failures, rule, subject, now_unix_s) for subject, rule in rules.items())


def refusal(user: User | None, address: str, cause: str) -> AuditEvent:
    """What the audit says of a login that was refused."""
    return AuditEvent(
        action=AuditAction.LOGIN_REFUSED,
        actor=user.name if user else NOBODY,
        address=address,
        target_kind="user",
        target_id=user.id if user else "",
        detail={"cause": cause},
    )


def _held_against(failures: LoginFailures, rule: ThrottleRule, subject: str, now_unix_s: float) -> float:
    times = failures.times(subject, now_unix_s - rule.window_s, rule.telling)
    return still_to_wait_s(rule, times, now_unix_s)


def _account(name: str) -> str:
    return f"account:{name}"


def _address(origin: str) -> str:
    return f"address:{origin}"


def _both(name: str, origin: str) -> str:
    return f"both:{origin} {name}"


def _code(name: str) -> str:
    return f"code:{name}"
