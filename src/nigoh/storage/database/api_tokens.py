"""Personal API tokens in the database."""

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from nigoh.domain.access import Permission, UserId
from nigoh.domain.users import ApiToken
from nigoh.storage.database.tables import API_TOKENS


class ApiTokens:
    """Tokens, within one transaction. What is stored of a token's text is its SHA-256."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, token: ApiToken, token_hash: str) -> None:
        """Keep a new token."""
        self._connection.execute(
            insert(API_TOKENS).values(
                id=token.id,
                token_hash=token_hash,
                user_id=token.user,
                name=token.name,
                scopes=sorted(scope.value for scope in token.scopes),
                created_unix_s=token.created_unix_s,
                expires_unix_s=token.expires_unix_s,
                used_unix_s=token.used_unix_s,
                revoked_unix_s=token.revoked_unix_s,
            )
        )

    def of_hash(self, token_hash: str) -> ApiToken | None:
        """The token whose text has this SHA-256, whether it holds or not, or None."""
        row = self._connection.execute(select(API_TOKENS).where(API_TOKENS.c.token_hash == token_hash)).first()
        return _token_of(row) if row else None

    def get(self, token: str) -> ApiToken | None:
        """The token of this identifier, whether it holds or not, or None."""
        row = self._connection.execute(select(API_TOKENS).where(API_TOKENS.c.id == token)).first()
        return _token_of(row) if row else None

    def of_user(self, user: UserId) -> tuple[ApiToken, ...]:
        """A user's tokens, the newest first, revoked and expired ones too."""
        chosen = select(API_TOKENS).where(API_TOKENS.c.user_id == user).order_by(API_TOKENS.c.id.desc())
        return tuple(_token_of(row) for row in self._connection.execute(chosen))

    def count_of_user(self, user: UserId) -> int:
        """How many tokens of a user are kept."""
        chosen = select(func.count()).select_from(API_TOKENS).where(API_TOKENS.c.user_id == user)
        return self._connection.scalar(chosen) or 0

    def touch(self, token: str, now_unix_s: float) -> None:
        """Write down that it was used."""
        self._connection.execute(update(API_TOKENS).where(API_TOKENS.c.id == token).values(used_unix_s=now_unix_s))

    def revoke(self, token: str, now_unix_s: float) -> bool:
        """Take a token back; False if there is none that was not taken back before."""
        chosen = update(API_TOKENS).where(API_TOKENS.c.id == token, API_TOKENS.c.revoked_unix_s.is_(None))
        return self._connection.execute(chosen.values(revoked_unix_s=now_unix_s)).rowcount == 1

    def revoke_of_user(self, user: UserId, now_unix_s: float) -> int:
        """Take all tokens of a user back. Returns how many."""
        chosen = update(API_TOKENS).where(API_TOKENS.c.user_id == user, API_TOKENS.c.revoked_unix_s.is_(None))
        return self._connection.execute(chosen.values(revoked_unix_s=now_unix_s)).rowcount

    def remove_ended(self, before_unix_s: float) -> int:
        """Remove those that were revoked or had expired before this time. Returns how many."""
        ended = (API_TOKENS.c.revoked_unix_s < before_unix_s) | (API_TOKENS.c.expires_unix_s < before_unix_s)
        return self._connection.execute(delete(API_TOKENS).where(ended)).rowcount


def _token_of(row: Row[tuple[object, ...]]) -> ApiToken:
    known = {permission.value for permission in Permission}
    return ApiToken(
        id=row.id,
        user=UserId(row.user_id),
        name=row.name,
        # A scope that another version of nigoh knows permits nothing here.
        scopes=frozenset(Permission(scope) for scope in row.scopes if scope in known),
        created_unix_s=row.created_unix_s,
        expires_unix_s=row.expires_unix_s if row.expires_unix_s is not None else float("inf"),
        used_unix_s=row.used_unix_s,
        revoked_unix_s=row.revoked_unix_s,
    )
