"""Tables of what is made of sightings: rules, the alerts that they raise, holidays."""

from sqlalchemy import JSON, Boolean, Column, Double, ForeignKey, Index, Integer, String, Table

from nigoh.storage.database.columns import METADATA, change_columns, id_column

RULES = Table(
    "rule",
    METADATA,
    id_column(),
    Column("name", String(256), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("enabled", Boolean, nullable=False),
    # Whom, where, when, how sure: all that is looked at together and never searched for.
    Column("body", JSON, nullable=False),
    *change_columns(),
)

HOLIDAYS = Table(
    "holiday",
    METADATA,
    # Days since 1970-01-01.
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("name", String(256), nullable=False, default=""),
)

ALERTS = Table(
    "alert",
    METADATA,
    id_column(),
    # A rule that was removed leaves its alerts: they say what it was called.
    Column("rule_id", String(64), nullable=False, index=True),
    Column("rule_name", String(256), nullable=False),
    Column("state", String(32), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("needed", Integer, nullable=False),
    Column("escalate_s", Double, nullable=False),
    Column("sound", String(64), nullable=False),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), index=True),
    Column("camera", String(256)),
    Column("cameras", JSON, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("number", Double, nullable=False),
    Column("other_id", ForeignKey("person.id", ondelete="SET NULL"), index=True),
    Column("first_unix_s", Double, nullable=False),
    Column("last_unix_s", Double, nullable=False),
    Column("raised_unix_s", Double, nullable=False),
    Column("steps", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "raised_unix_s", "id"),
    Index(None, "state", "raised_unix_s", "id"),
    Index(None, "camera", "raised_unix_s", "id"),
)

ALERT_SIGHTINGS = Table(
    "alert_sighting",
    METADATA,
    Column("alert_id", ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True),
    # Another table, perhaps cleared earlier: an alert outlives the sightings behind it.
    Column("sighting_id", String(128), primary_key=True, index=True),
    Column("place", Integer, nullable=False),
)
