"""Personal API tokens: made, shown once, recognised at each request, taken back."""

from contextlib import suppress
from dataclasses import dataclass, field

from nigoh.domain.access import GRANTED, Permission, Principal, UserId, Via
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.credentials import digest, is_api_token, new_api_token
from nigoh.domain.identifiers import new_id
from nigoh.domain.users import ApiToken, User
from nigoh.errors import DatabaseUnavailable, Forbidden, Invalid, Missing, Unauthenticated
from nigoh.office.actor import Actor
from nigoh.office.reach import require_reach
from nigoh.storage.audit import Audit
from nigoh.storage.database.api_tokens import ApiTokens
from nigoh.storage.database.database import Database
from nigoh.storage.database.users import Users

DAY_S = 86_400.0
LONGEST_DAYS = 3_650
USUAL_DAYS = 90

_MOST = 100
_LONGEST_NAME = 100
_NOTED_EVERY_S = 60.0
_KEPT_S = 90 * DAY_S
"""What has ended is shown for so long, for whoever looks after a leak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOrder:
    """A token that is wanted.

    Attributes:
        name: what it is for.
        scopes: the most that it shall permit.
        days: how long it shall hold.
    """

    name: str
    scopes: frozenset[Permission]
    days: int = USUAL_DAYS


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token that was just made; its text is shown this once."""

    token: ApiToken
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecognisedToken:
    """A token that holds, and on whose behalf it asks, as they are now."""

    token: ApiToken
    user: User

    def principal(self, address: str) -> Principal:
        """Who asks, from this address."""
        return self.user.principal(Via.TOKEN, self.token.id, address, self.token.scopes)


class PersonalTokens:
    """All tokens. Each request asks the database anew: what was revoked holds nowhere from then on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, who: Principal, user: UserId, order: TokenOrder, now_unix_s: float) -> MadeToken:
        """Make a token for oneself, or, by a command on the machine, for a user.

        Raises:
            Forbidden: it is for somebody else, or a token asks for it: it could outlive itself.
            Invalid: no scope, a scope that the user has not, a name or time out of bounds, too many tokens.
        """
        if who.via is Via.TOKEN or (who.via is Via.SESSION and who.user != user):
            raise Forbidden("tokens are made by their own user, who has logged in", "Log in, and make it there.")
        text = new_api_token()
        with self._database.begin() as connection:
            owner = Users(connection).require(user)
            tokens = ApiTokens(connection)
            _check(order, GRANTED[owner.role] & who.permissions)
            if tokens.count_of_user(user) >= _MOST:
                raise Invalid("name", f"a user has at most {_MOST} tokens", "Remove some that are not needed.")
            token = ApiToken(
                id=new_id(now_unix_s),
                user=user,
                name=order.name.strip(),
                scopes=order.scopes,
                created_unix_s=now_unix_s,
                expires_unix_s=now_unix_s + order.days * DAY_S,
            )
            tokens.add(token, digest(text))
            detail: dict[str, str | int | float | bool] = {
                "what": "made",
                "scopes": " ".join(sorted(order.scopes)),
                "days": order.days,
            }
            Audit(connection).write(_event(who, token.id, detail), now_unix_s)
        return MadeToken(token, text)

    def recognise(self, text: str, now_unix_s: float) -> RecognisedToken:
        """The token of this text. Raises Unauthenticated: there is none that holds."""
        # Chance hits the checksum of what is none once in 4 billion.
        if not is_api_token(text):
            raise _unknown()
        with self._database.read() as connection:
            token = ApiTokens(connection).of_hash(digest(text))
            user = Users(connection).get(token.user) if token else None
        return self._holding(token, user, now_unix_s)

    def find(self, token_id: str, now_unix_s: float) -> RecognisedToken:
        """The token of this identifier. Raises Unauthenticated: it does not hold."""
        with self._database.read() as connection:
            token = ApiTokens(connection).get(token_id)
            user = Users(connection).get(token.user) if token else None
        return self._holding(token, user, now_unix_s)

    def of_user(self, user: UserId) -> tuple[ApiToken, ...]:
        """A user's tokens, the newest first, those that hold no more too. Raises Missing: no such user."""
        with self._database.read() as connection:
            Users(connection).require(user)
            return ApiTokens(connection).of_user(user)

    def revoke(self, who: Principal, user: UserId, token_id: str, now_unix_s: float) -> None:
        """Take a token back. Raises Missing: the user has no such token; Forbidden: they have more than who asks."""
        with self._database.begin() as connection:
            require_reach(who, Users(connection).require(user))
            token = ApiTokens(connection).get(token_id)
            if token is None or token.user != user:
                raise Missing("token", token_id)
            if ApiTokens(connection).revoke(token_id, now_unix_s):
                Audit(connection).write(_event(who, token_id, {"what": "revoked"}), now_unix_s)

    def revoke_all(self, who: Principal, user: UserId, now_unix_s: float) -> int:
        """Take all tokens of a user back; how many. Raises Missing, Forbidden as `revoke`."""
        with self._database.begin() as connection:
            require_reach(who, Users(connection).require(user))
            count = ApiTokens(connection).revoke_of_user(user, now_unix_s)
            detail: dict[str, str | int | float | bool] = {"what": "all-revoked", "tokens": count}
            event = Actor.of(who).event(AuditAction.TOKEN, "user", user, detail)
            Audit(connection).write(event, now_unix_s)
        return count

    def tidy(self, now_unix_s: float) -> None:
        """Remove those that ended a while ago. To be called now and then."""
        with self._database.begin() as connection:
            ApiTokens(connection).remove_ended(now_unix_s - _KEPT_S)

    def _holding(self, token: ApiToken | None, user: User | None, now_unix_s: float) -> RecognisedToken:
        if token is None or user is None or user.disabled or not token.holds(now_unix_s):
            raise _unknown()
        if token.used_unix_s is None or now_unix_s - token.used_unix_s >= _NOTED_EVERY_S:
            # A database that is full or busy must not keep anybody from asking.
            with suppress(DatabaseUnavailable), self._database.begin() as connection:
                ApiTokens(connection).touch(token.id, now_unix_s)
        return RecognisedToken(token, user)


def _check(order: TokenOrder, grantable: frozenset[Permission]) -> None:
    if not 0 < len(order.name.strip()) <= _LONGEST_NAME:
        raise Invalid("name", f"a token's name has 1 to {_LONGEST_NAME} characters", "Say what it is for.")
    if not 1 <= order.days <= LONGEST_DAYS:
        raise Invalid("days", f"a token holds 1 to {LONGEST_DAYS} days", "Choose how long.")
    if not order.scopes:
        raise Invalid("scopes", "a token without scopes permits nothing", "Choose what it is for.")
    if not order.scopes <= grantable:
        lacking = ", ".join(sorted(order.scopes - grantable))
        raise Invalid("scopes", f"the user may not do this either: {lacking}", "Leave these scopes out.")


def _unknown() -> Unauthenticated:
    return Unauthenticated("the token is unknown, expired or revoked", "Make another one.")


def _event(who: Principal, token_id: str, detail: dict[str, str | int | float | bool]) -> AuditEvent:
    return Actor.of(who).event(AuditAction.TOKEN, "token", token_id, detail)
