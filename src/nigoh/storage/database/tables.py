"""All tables, as SQLAlchemy describes them. Migrations build the same; a test compares the two.

Times are seconds since 1970 (`_unix_s`), identifiers those of `nigoh.domain.identifiers`. What is sealed (`sealed_*`,
`wrapped_*`) was encrypted by the vault: its `key_id` names the data key. `version` grows with each change of a row.
"""

from typing import Any

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
    text,
)

from nigoh.storage.database.access_tables import (
    API_TOKENS,
    AUDIT,
    LOGIN_ADDRESSES,
    LOGIN_FAILURES,
    RECOVERY_CODES,
    SESSIONS,
    SETUP_LINKS,
    USERS,
)
from nigoh.storage.database.alert_tables import ALERT_SIGHTINGS, ALERTS, HOLIDAYS, RULES
from nigoh.storage.database.columns import (
    METADATA,
    MODEL,
    SORTED_LENGTH,
    Number,
    Sorted,
    change_columns,
    id_column,
    model_columns,
)

__all__ = [
    "ALERTS",
    "ALERT_SIGHTINGS",
    "API_TOKENS",
    "AUDIT",
    "CAMERAS",
    "CAMERA_GROUPS",
    "CLIPS",
    "DATA_KEYS",
    "EVENTS",
    "GALLERY_CHANGES",
    "HOLIDAYS",
    "IDEMPOTENCY",
    "LISTED",
    "LOGIN_ADDRESSES",
    "LOGIN_FAILURES",
    "MEDIA",
    "MERGED_PEOPLE",
    "METADATA",
    "NEGATIVES",
    "OUTBOX",
    "PEOPLE",
    "PHOTOS",
    "RECOVERY_CODES",
    "RULES",
    "SECRETS",
    "SESSIONS",
    "SETTINGS",
    "SETUP_LINKS",
    "SIGHTINGS",
    "SORTED_LENGTH",
    "TEMPLATES",
    "TRACKS",
    "USERS",
    "WATCH_LISTS",
]

# --- The vault ------------------------------------------------------------------------------------------------------

DATA_KEYS = Table(
    "data_key",
    METADATA,
    id_column(),
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
    id_column("name"),
    Column("key_id", ForeignKey("data_key.id"), nullable=False),
    Column("sealed_value", LargeBinary, nullable=False),
    Column("created_unix_s", Double, nullable=False),
)

MEDIA = Table(
    "media",
    METADATA,
    id_column(),
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
    id_column(),
    Column("name", Text, nullable=False),
    Column("other_names", JSON, nullable=False, default=list),
    # All names, folded by `nigoh.domain.name_folding`, so that every script and spelling finds them.
    Column("folded_names", Text, nullable=False),
    # The beginning of the name in Latin letters, by which lists are sorted.
    Column("sort_name", Sorted, nullable=False),
    Column("external_id", String(256), unique=True),
    Column("notes", Text, nullable=False, default=""),
    Column("group_name", String(256), nullable=False, default="", index=True),
    Column("legal_basis", String(32), nullable=False),
    Column("expires_unix_s", Double, index=True),
    *change_columns(),
    # Not over `folded_names`: names may be longer than PostgreSQL takes into an index.
    Index("ix_person_sort_name_id", "sort_name", "id"),
    Index("ix_person_created_unix_s_id", "created_unix_s", "id"),
)

WATCH_LISTS = Table(
    "watch_list",
    METADATA,
    id_column(),
    Column("name", String(256), nullable=False, unique=True),
    Column("wanted", Boolean, nullable=False, default=False),
    Column("threshold", Double),
    Column("colour", String(7), nullable=False),
    Column("priority", Integer, nullable=False, default=0),
    *change_columns(),
)

LISTED = Table(
    "listed",
    METADATA,
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("list_id", ForeignKey("watch_list.id", ondelete="CASCADE"), primary_key=True, index=True),
)

MERGED_PEOPLE = Table(
    "merged_person",
    METADATA,
    # Entries that turned out to be of one person: late word of the one that is gone is of the one that is left.
    id_column(),
    Column("into_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("merged_unix_s", Double, nullable=False),
)

PHOTOS = Table(
    "photo",
    METADATA,
    id_column(),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("box", JSON, nullable=False),
    Column("quality", Double, nullable=False),
    Column("advice", JSON, nullable=False, default=list),
    # Keyed digest of the stored picture, hexadecimal: the same photo twice is noticed; nobody else can compare it.
    Column("fingerprint", String(64), nullable=False, index=True),
    Column("created_unix_s", Double, nullable=False),
)

TEMPLATES = Table(
    "template",
    METADATA,
    id_column(),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("photo_id", ForeignKey("photo.id", ondelete="CASCADE"), index=True),
    *model_columns(),
    Column("key_id", ForeignKey("data_key.id"), nullable=False),
    Column("sealed_vector", LargeBinary, nullable=False),
    Column("created_unix_s", Double, nullable=False),
    Index("ix_template_model", *MODEL),
)

NEGATIVES = Table(
    "negative",
    METADATA,
    id_column(),
    # "Not this person": the sighting's template shall not match this person again.
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sighting_id", String(128), nullable=False),
    *model_columns(),
    Column("key_id", ForeignKey("data_key.id"), nullable=False),
    Column("sealed_vector", LargeBinary, nullable=False),
    Column("created_by", String(256), nullable=False),
    Column("created_unix_s", Double, nullable=False),
)

GALLERY_CHANGES = Table(
    "gallery_change",
    METADATA,
    # Followers of the gallery ask for what is above the number that they have.
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("person_id", String(64), nullable=False, index=True),
    Column("unix_s", Double, nullable=False),
    sqlite_autoincrement=True,
)

# --- Cameras --------------------------------------------------------------------------------------------------------

CAMERA_GROUPS = Table(
    "camera_group", METADATA, id_column(), Column("name", String(256), nullable=False, unique=True), *change_columns()
)

CAMERAS = Table(
    "camera",
    METADATA,
    id_column(),
    Column("name", String(256), nullable=False, unique=True),
    Column("group_id", ForeignKey("camera_group.id", ondelete="SET NULL"), index=True),
    # The address with its user and password; `shown_url` is the same without them.
    Column("key_id", ForeignKey("data_key.id"), nullable=False),
    Column("sealed_url", LargeBinary, nullable=False),
    Column("shown_url", Text, nullable=False),
    # All other fields of `nigoh.domain.camera.Camera`, as JSON.
    Column("options", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False, default=True),
    *change_columns(),
)

# --- Sightings ------------------------------------------------------------------------------------------------------

_NAMED: dict[str, Any] = {f"{dialect}_where": text("person_id IS NOT NULL") for dialect in ("sqlite", "postgresql")}
_JUDGED: dict[str, Any] = {f"{dialect}_where": text("verdict <> 'none'") for dialect in ("sqlite", "postgresql")}
_PICTURED: dict[str, Any] = {f"{dialect}_where": text("media_id <> ''") for dialect in ("sqlite", "postgresql")}
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
    *model_columns(),
    Column("key_id", ForeignKey("data_key.id"), nullable=False, index=True),
    Column("sealed_vector", LargeBinary, nullable=False),
)

CLIPS = Table(
    "clip",
    METADATA,
    id_column(),
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
    Column("number", Number, primary_key=True, autoincrement=True),
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

# --- The rest -------------------------------------------------------------------------------------------------------

SETTINGS = Table(
    "setting",
    METADATA,
    id_column("key"),
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
