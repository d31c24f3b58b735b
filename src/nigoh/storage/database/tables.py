"""All tables, as SQLAlchemy describes them. Migrations build the same; a test compares the two.

Times are seconds since 1970 (`_unix_s`), identifiers those of `nigoh.domain.identifiers`. What is sealed (`sealed_*`,
`wrapped_*`) was encrypted by the vault: its `key_id` names the data key. `version` grows with each change of a row.
"""

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
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import VARCHAR

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Number = BigInteger().with_variant(Integer, "sqlite")
"""A number that grows by itself: SQLite does so for INTEGER alone."""

SORTED_LENGTH = 128
_Sorted = String(SORTED_LENGTH).with_variant(VARCHAR(SORTED_LENGTH, collation="C"), "postgresql")
"""A text that sorts alike in every database: by its code points, as SQLite does."""


def _id(name: str = "id") -> Column[str]:
    return Column(name, String(64), primary_key=True)


def _changes() -> tuple[Column[float], Column[float], Column[int]]:
    return (
        Column("created_unix_s", Double, nullable=False),
        Column("updated_unix_s", Double, nullable=False),
        Column("version", Integer, nullable=False, default=1),
    )


# --- The vault ------------------------------------------------------------------------------------------------------

DATA_KEYS = Table(
    "data_key",
    METADATA,
    _id(),
    # "person:ID", "unknown:YYYY-MM-DD" (people who match nobody, by day), "camera", "installation".
    Column("scope", String(96), nullable=False, index=True),
    # NULL once destroyed: what was sealed under it is gone for good.
    Column("wrapped_key", LargeBinary),
    Column("master_id", String(64), nullable=False),
    Column("created_unix_s", Double, nullable=False),
    Column("destroyed_unix_s", Double),
)

SECRETS = Table(
    "secret",
    METADATA,
    _id("name"),
    Column("key_id", ForeignKey("data_key.id"), nullable=False),
    Column("sealed_value", LargeBinary, nullable=False),
    Column("created_unix_s", Double, nullable=False),
)

MEDIA = Table(
    "media",
    METADATA,
    _id(),
    # "photo", "crop": the bytes lie sealed in a file of the media folder, named after the identifier.
    Column("kind", String(16), nullable=False),
    Column("content_type", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("key_id", ForeignKey("data_key.id"), nullable=False),
    Column("created_unix_s", Double, nullable=False, index=True),
)

# --- People ---------------------------------------------------------------------------------------------------------

PEOPLE = Table(
    "person",
    METADATA,
    _id(),
    Column("name", Text, nullable=False),
    Column("other_names", JSON, nullable=False, default=list),
    # All names, folded by `nigoh.domain.name_folding`, so that every script and spelling finds them.
    Column("folded_names", Text, nullable=False),
    # The beginning of the name in Latin letters, by which lists are sorted.
    Column("sort_name", _Sorted, nullable=False),
    Column("external_id", String(256), unique=True),
    Column("notes", Text, nullable=False, default=""),
    Column("group_name", String(256), nullable=False, default="", index=True),
    Column("legal_basis", String(32), nullable=False),
    Column("expires_unix_s", Double, index=True),
    *_changes(),
    # Not over `folded_names`: names may be longer than PostgreSQL takes into an index.
    Index("ix_person_sort_name_id", "sort_name", "id"),
    Index("ix_person_created_unix_s_id", "created_unix_s", "id"),
)

WATCH_LISTS = Table(
    "watch_list",
    METADATA,
    _id(),
    Column("name", String(256), nullable=False, unique=True),
    Column("wanted", Boolean, nullable=False, default=False),
    Column("threshold", Double),
    Column("colour", String(7), nullable=False),
    Column("priority", Integer, nullable=False, default=0),
    *_changes(),
)

LISTED = Table(
    "listed",
    METADATA,
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("list_id", ForeignKey("watch_list.id", ondelete="CASCADE"), primary_key=True, index=True),
)

PHOTOS = Table(
    "photo",
    METADATA,
    _id(),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("box", JSON, nullable=False),
    Column("quality", Double, nullable=False),
    Column("advice", JSON, nullable=False, default=list),
    # Keyed digest of the stored picture, hexadecimal: the same photo twice is noticed; nobody else can compare it.
    Column("fingerprint", String(64), nullable=False, index=True),
    Column("created_unix_s", Double, nullable=False),
)

_MODEL = ("model_name", "model_version", "model_digest", "model_preprocessing")


def _model() -> tuple[Column[str] | Column[int], ...]:
    return (
        *(Column(name, String(128), nullable=False) for name in _MODEL),
        Column("dimension", Integer, nullable=False),
    )


TEMPLATES = Table(
    "template",
    METADATA,
    _id(),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("photo_id", ForeignKey("photo.id", ondelete="CASCADE"), index=True),
    *_model(),
    Column("key_id", ForeignKey("data_key.id"), nullable=False),
    Column("sealed_vector", LargeBinary, nullable=False),
    Column("created_unix_s", Double, nullable=False),
    Index("ix_template_model", *_MODEL),
)

NEGATIVES = Table(
    "negative",
    METADATA,
    _id(),
    # "Not this person": the sighting's template shall not match this person again.
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sighting_id", String(128), nullable=False),
    *_model(),
    Column("key_id", ForeignKey("data_key.id"), nullable=False),
    Column("sealed_vector", LargeBinary, nullable=False),
    Column("created_by", String(256), nullable=False),
    Column("created_unix_s", Double, nullable=False),
)

GALLERY_CHANGES = Table(
    "gallery_change",
    METADATA,
    # Followers of the gallery ask for what is above the number that they have.
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("person_id", String(64), nullable=False, index=True),
    Column("unix_s", Double, nullable=False),
    sqlite_autoincrement=True,
)

# --- Cameras --------------------------------------------------------------------------------------------------------

CAMERA_GROUPS = Table(
    "camera_group", METADATA, _id(), Column("name", String(256), nullable=False, unique=True), *_changes()
)

CAMERAS = Table(
    "camera",
    METADATA,
    _id(),
    Column("name", String(256), nullable=False, unique=True),
    Column("group_id", ForeignKey("camera_group.id", ondelete="SET NULL"), index=True),
    # The address with its user and password; `shown_url` is the same without them.
    Column("key_id", ForeignKey("data_key.id"), nullable=False),
    Column("sealed_url", LargeBinary, nullable=False),
    Column("shown_url", Text, nullable=False),
    # All other fields of `nigoh.domain.camera.Camera`, as JSON.
    Column("options", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False, default=True),
    *_changes(),
)

# --- Sightings ------------------------------------------------------------------------------------------------------

_NAMED = {f"{dialect}_where": text("person_id IS NOT NULL") for dialect in ("sqlite", "postgresql")}
_JUDGED = {f"{dialect}_where": text("verdict <> 'none'") for dialect in ("sqlite", "postgresql")}
_PICTURED = {f"{dialect}_where": text("media_id <> ''") for dialect in ("sqlite", "postgresql")}
"""Conditions of partial indices: most sightings are of nobody known, hardly any is judged, old pictures are gone."""

SIGHTINGS = Table(
    "sighting",
    METADATA,
    Column("id", String(128), primary_key=True),
    # No foreign keys: a sighting outlives its camera, and is written without looking anything up.
    Column("camera", String(256), nullable=False),
    Column("track", Integer, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("person_id", String(64)),
    Column("score", Double, nullable=False),
    Column("threshold", Double, nullable=False),
    Column("first_unix_s", Double, nullable=False),
    Column("last_unix_s", Double, nullable=False),
    Column("told_unix_s", Double, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("quality", Double, nullable=False),
    Column("box", JSON, nullable=False),
    Column("model", String(256), nullable=False),
    Column("candidates", JSON, nullable=False),
    Column("media_id", String(64), nullable=False, default=""),
    Column("late", Boolean, nullable=False, default=False),
    Column("verdict", String(16), nullable=False, default="none"),
    Column("verdict_by", String(256), nullable=False, default=""),
    Column("comment", Text, nullable=False, default=""),
    Column("version", Integer, nullable=False, default=1),
    # Lists are put together from ranges of these: see nigoh.storage.database.sighting_listing. What stands behind the
    # identifier spares looking into the rows. There is no index over the time alone: there are but four statuses.
    Index("ix_sighting_status_first", "status", "first_unix_s", "id", "score", "camera"),
    Index("ix_sighting_camera_status_first", "camera", "status", "first_unix_s", "id", "score"),
    Index("ix_sighting_status_score", "status", "score", "first_unix_s", "id", "camera"),
    Index("ix_sighting_person_first", "person_id", "first_unix_s", "id", "score", "status", "camera", **_NAMED),
    Index("ix_sighting_verdict_first", "verdict", "first_unix_s", "id", **_JUDGED),
    Index("ix_sighting_pictured_first", "status", "first_unix_s", **_PICTURED),
)

TRACKS = Table(
    "track",
    METADATA,
    # The template of a sighting's track, for searches in the past; the sighting's identifier.
    Column("id", String(128), primary_key=True),
    Column("camera", String(256), nullable=False),
    Column("first_unix_s", Double, nullable=False, index=True),
    *_model(),
    Column("key_id", ForeignKey("data_key.id"), nullable=False, index=True),
    Column("sealed_vector", LargeBinary, nullable=False),
)

CLIPS = Table(
    "clip",
    METADATA,
    _id(),
    Column("camera", String(256), nullable=False),
    # Relative to the folder of recordings.
    Column("path", Text, nullable=False, unique=True),
    Column("first_unix_s", Double, nullable=False),
    Column("last_unix_s", Double, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Index("ix_clip_camera_first", "camera", "first_unix_s"),
)

# --- What goes out --------------------------------------------------------------------------------------------------

EVENTS = Table(
    "event",
    METADATA,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("camera", String(256), nullable=False, default=""),
    Column("subject", String(128), nullable=False),
    Column("unix_s", Double, nullable=False, index=True),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)

OUTBOX = Table(
    "outbox",
    METADATA,
    # What each sink still has to be told: a row an event and sink, gone once delivered.
    Column("sink", String(128), primary_key=True),
    # With an index of its own: an event that is removed looks for its rows here.
    Column("event_number", ForeignKey("event.number", ondelete="CASCADE"), primary_key=True, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_try_unix_s", Double, nullable=False, default=0),
    Column("last_error", Text, nullable=False, default=""),
)

# --- Who may touch it -----------------------------------------------------------------------------------------------

USERS = Table(
    "user_account",
    METADATA,
    _id(),
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
    *_changes(),
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
    _id("token_hash"),
    Column("expires_unix_s", Double, nullable=False),
)

SESSIONS = Table(
    "session",
    METADATA,
    # SHA-256 of the cookie: a stolen database opens no session.
    _id("token_hash"),
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
    _id(),
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
    Column("number", _Number, primary_key=True, autoincrement=True),
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

# --- The rest -------------------------------------------------------------------------------------------------------

SETTINGS = Table(
    "setting",
    METADATA,
    _id("key"),
    Column("value", JSON, nullable=False),
    Column("updated_unix_s", Double, nullable=False),
    Column("version", Integer, nullable=False, default=1),
)

IDEMPOTENCY = Table(
    "idempotency",
    METADATA,
    # Answer to a post that may be repeated: the key is the client's, within what one user asks.
    Column("user_id", String(64), primary_key=True),
    Column("key", String(256), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("content_type", String(128), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_unix_s", Double, nullable=False, index=True),
)
