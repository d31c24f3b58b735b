"""Tables of the vault and of people."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    _data_key()
    _gallery_change()
    _person()
    _watch_list()
    _listed()
    _media()
    _negative()
    _secret()
    _photo()
    _template()


def _data_key() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=96), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("master_id", sa.String(length=64), nullable=False),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.Column("destroyed_unix_s", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.create_index(op.f("ix_data_key_scope"), "data_key", ["scope"], unique=False)


def _gallery_change() -> None:
    op.create_table(
        "gallery_change",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("unix_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_gallery_change")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_gallery_change_person_id"), "gallery_change", ["person_id"], unique=False)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("other_names", sa.JSON(), nullable=False),
        sa.Column("folded_names", sa.Text(), nullable=False),
        sa.Column(
            "sort_name",
            sa.String(length=128).with_variant(sa.VARCHAR(length=128, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("external_id", sa.String(length=256), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("group_name", sa.String(length=256), nullable=False),
        sa.Column("legal_basis", sa.String(length=32), nullable=False),
        sa.Column("expires_unix_s", sa.Double(), nullable=True),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.Column("updated_unix_s", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("external_id", name=op.f("uq_person_external_id")),
    )
    op.create_index("ix_person_created_unix_s_id", "person", ["created_unix_s", "id"], unique=False)
    op.create_index(op.f("ix_person_expires_unix_s"), "person", ["expires_unix_s"], unique=False)
    op.create_index(op.f("ix_person_group_name"), "person", ["group_name"], unique=False)
    op.create_index("ix_person_sort_name_id", "person", ["sort_name", "id"], unique=False)


def _watch_list() -> None:
    op.create_table(
        "watch_list",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.Column("updated_unix_s", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_list")),
        sa.UniqueConstraint("name", name=op.f("uq_watch_list_name")),
    )


def _listed() -> None:
    op.create_table(
        "listed",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("list_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["watch_list.id"], name=op.f("fk_listed_list_id_watch_list"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_listed_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "list_id", name=op.f("pk_listed")),
    )
    op.create_index(op.f("ix_listed_list_id"), "listed", ["list_id"], unique=False)


def _media() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("content_type", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name=op.f("fk_media_key_id_data_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index(op.f("ix_media_created_unix_s"), "media", ["created_unix_s"], unique=False)


def _negative() -> None:
    op.create_table(
        "negative",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("sighting_id", sa.String(length=128), nullable=False),
        sa.Column("model_name", sa.String(length=128), nullable=False),
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("model_digest", sa.String(length=128), nullable=False),
        sa.Column("model_preprocessing", sa.String(length=128), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_vector", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.String(length=256), nullable=False),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name=op.f("fk_negative_key_id_data_key")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_negative_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negative")),
    )
    op.create_index(op.f("ix_negative_person_id"), "negative", ["person_id"], unique=False)


def _secret() -> None:
    op.create_table(
        "secret",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_value", sa.LargeBinary(), nullable=False),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name=op.f("fk_secret_key_id_data_key")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )


def _photo() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("media_id", sa.String(length=64), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("advice", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_photo_media_id_media")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_photo_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index(op.f("ix_photo_fingerprint"), "photo", ["fingerprint"], unique=False)
    op.create_index(op.f("ix_photo_person_id"), "photo", ["person_id"], unique=False)


def _template() -> None:
    op.create_table(
        "template",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("photo_id", sa.String(length=64), nullable=True),
        sa.Column("model_name", sa.String(length=128), nullable=False),
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("model_digest", sa.String(length=128), nullable=False),
        sa.Column("model_preprocessing", sa.String(length=128), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_vector", sa.LargeBinary(), nullable=False),
        sa.Column("created_unix_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name=op.f("fk_template_key_id_data_key")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_template_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photo.id"], name=op.f("fk_template_photo_id_photo"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
    )
    op.create_index(
        "ix_template_model",
        "template",
        ["model_name", "model_version", "model_digest", "model_preprocessing"],
        unique=False,
    )
    op.create_index(op.f("ix_template_person_id"), "template", ["person_id"], unique=False)
    op.create_index(op.f("ix_template_photo_id"), "template", ["photo_id"], unique=False)
