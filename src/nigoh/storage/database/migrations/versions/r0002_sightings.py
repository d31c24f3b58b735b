"""Tables of cameras, of sightings and of what goes out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    _camera_group()
    _clip()
    _event()
    _sighting()
    _camera()
    _outbox()
    _track()


def _camera_group() -> None:
    op.create_table(
        "camera_group",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.Column("updated_unix_s", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_group")),
        sa.UniqueConstraint("name", name=op.f("uq_camera_group_name")),
    )


def _clip() -> None:
    op.create_table(
        "clip",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("camera", sa.String(length=256), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("first_unix_s", sa.Double(), nullable=False),
        sa.Column("last_unix_s", sa.Double(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip")),
        sa.UniqueConstraint("path", name=op.f("uq_clip_path")),
    )
    op.create_index("ix_clip_camera_first", "clip", ["camera", "first_unix_s"], unique=False)


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("camera", sa.String(length=256), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("unix_s", sa.Double(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_unix_s"), "event", ["unix_s"], unique=False)


def _sighting() -> None:
    op.create_table(
        "sighting",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("camera", sa.String(length=256), nullable=False),
        sa.Column("track", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("first_unix_s", sa.Double(), nullable=False),
        sa.Column("last_unix_s", sa.Double(), nullable=False),
        sa.Column("told_unix_s", sa.Double(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(length=256), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("media_id", sa.String(length=64), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("verdict_by", sa.String(length=256), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
    )
    _sighting_index("status_first", "status", "first_unix_s", "id", "score", "camera")
    _sighting_index("camera_status_first", "camera", "status", "first_unix_s", "id", "score")
    _sighting_index("status_score", "status", "score", "first_unix_s", "id", "camera")
    named = "person_id IS NOT NULL"
    _sighting_index("person_first", "person_id", "first_unix_s", "id", "score", "status", "camera", where=named)
    _sighting_index("verdict_first", "verdict", "first_unix_s", "id", where="verdict <> 'none'")
    _sighting_index("pictured_first", "status", "first_unix_s", where="media_id <> ''")


def _sighting_index(name: str, *columns: str, where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(f"ix_sighting_{name}", "sighting", [*columns], sqlite_where=condition, postgresql_where=condition)


def _camera() -> None:
    op.create_table(
        "camera",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=True),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_url", sa.LargeBinary(), nullable=False),
        sa.Column("shown_url", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.Column("updated_unix_s", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["camera_group.id"], name=op.f("fk_camera_group_id_camera_group"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name=op.f("fk_camera_key_id_data_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera")),
        sa.UniqueConstraint("name", name=op.f("uq_camera_name")),
    )
    op.create_index(op.f("ix_camera_group_id"), "camera", ["group_id"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("sink", sa.String(length=128), nullable=False),
        sa.Column("event_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_unix_s", sa.Double(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_number"], ["event.number"], name=op.f("fk_outbox_event_number_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sink", "event_number", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_event_number"), "outbox", ["event_number"], unique=False)


def _track() -> None:
    op.create_table(
        "track",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("camera", sa.String(length=256), nullable=False),
        sa.Column("first_unix_s", sa.Double(), nullable=False),
        sa.Column("model_name", sa.String(length=128), nullable=False),
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("model_digest", sa.String(length=128), nullable=False),
        sa.Column("model_preprocessing", sa.String(length=128), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name=op.f("fk_track_key_id_data_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
    )
    op.create_index(op.f("ix_track_first_unix_s"), "track", ["first_unix_s"], unique=False)
    op.create_index(op.f("ix_track_key_id"), "track", ["key_id"], unique=False)
