"""Tables of who may touch it: users, their sessions and tokens, failed logins, the audit."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from nigoh.storage.database.columns import METADATA, Number, change_columns, id_column

USERS = Table(
    "user_account",
    METADATA,
    id_column(),
    Column("name", String(256), nullable=False, unique=True),
    Column("display_name", Text, nullable=False, default=""),
    Column("role", String(32), nullable=False),
    # NULL: logs in elsewhere (OpenID Connect), whose subject is `oidc_subject`.
    Column("password_hash", Text),
    Column("oidc_subject", String(512), unique=True),
    Column("key_id", ForeignKey("data_key.id")),
    Column("sealed_totp", LargeBinary),
    # Number of the newest 30 s whose code was accepted: none up to it is accepted again. NULL: not confirmed yet.
    Column("totp_step", BigInteger),
    # Names of the only cameras that they may see, or NULL: all.
    Column("cameras", JSON(none_as_null=True)),
    Column("language", String(8), nullable=False, default="en"),
    Column("disabled", Boolean, nullable=False, default=False),
    *change_columns(),
)

RECOVERY_CODES = Table(
    "recovery_code",
    METADATA,
    # Stands in for a code of the second factor, once: the row goes with it.
    Column("user_id", ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)

LOGIN_ADDRESSES = Table(
    "login_address",
    METADATA,
    # From where somebody has logged in: there, strangers' attempts on the account do not hold them up.
    Column("user_id", ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("seen_unix_s", Double, nullable=False),
)

SETUP_LINKS = Table(
    "setup_link",
    METADATA,
    # SHA-256 of the token in the link that makes the first administrator.
    id_column("token_hash"),
    Column("expires_unix_s", Double, nullable=False),
)

SESSIONS = Table(
    "session",
    METADATA,
    # SHA-256 of the cookie: a stolen database opens no session.
    id_column("token_hash"),
    Column("user_id", ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf_hash", String(64), nullable=False),
    Column("created_unix_s", Double, nullable=False),
    Column("seen_unix_s", Double, nullable=False),
    Column("expires_unix_s", Double, nullable=False, index=True),
    Column("address", String(64), nullable=False, default=""),
    Column("agent", Text, nullable=False, default=""),
)

API_TOKENS = Table(
    "api_token",
    METADATA,
    id_column(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(256), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_unix_s", Double, nullable=False),
    Column("expires_unix_s", Double),
    Column("used_unix_s", Double),
    Column("revoked_unix_s", Double),
)

LOGIN_FAILURES = Table(
    "login_failure",
    METADATA,
    Column("number", Number, primary_key=True, autoincrement=True),
    # "account:NAME", "address:ADDRESS", "both:ADDRESS NAME", "code:NAME", or "told:ADDRESS" (a refusal was audited).
    Column("subject", String(320), nullable=False),
    Column("unix_s", Double, nullable=False),
    Index("ix_login_failure_subject_unix_s", "subject", "unix_s"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("unix_s", Double, nullable=False, index=True),
    Column("action", String(32), nullable=False, index=True),
    Column("actor", String(256), nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("target_kind", String(32), nullable=False),
    Column("target_id", String(256), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    # Which form of `nigoh.storage.audit.encoding` the hash was taken over.
    Column("encoding", Integer, nullable=False, default=1),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
