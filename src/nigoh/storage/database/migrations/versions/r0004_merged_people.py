"""Who was merged into whom."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "merged_person",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("into_id", sa.String(length=64), nullable=False),
        sa.Column("merged_unix_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["into_id"], ["person.id"], name=op.f("fk_merged_person_into_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_person")),
    )
    op.create_index(op.f("ix_merged_person_into_id"), "merged_person", ["into_id"], unique=False)
