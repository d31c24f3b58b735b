"""Columns that many tables have, and the names of what is made with them."""

from sqlalchemy import BigInteger, Column, Double, Integer, MetaData, String
from sqlalchemy.dialects.postgresql import VARCHAR

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Number = BigInteger().with_variant(Integer, "sqlite")
"""A number that grows by itself: SQLite does so for INTEGER alone."""

SORTED_LENGTH = 128
Sorted = String(SORTED_LENGTH).with_variant(VARCHAR(SORTED_LENGTH, collation="C"), "postgresql")
"""A text that sorts alike in every database: by its code points, as SQLite does."""


def id_column(name: str = "id") -> Column[str]:
    """An identifier of `nigoh.domain.identifiers`."""
    return Column(name, String(64), primary_key=True)


def change_columns() -> tuple[Column[float], Column[float], Column[int]]:
    """When a row was made and last changed, seconds since 1970; its version, for whoever changes it."""
    return (
        Column("created_unix_s", Double, nullable=False),
        Column("updated_unix_s", Double, nullable=False),
        Column("version", Integer, nullable=False, default=1),
    )


MODEL = ("model_name", "model_version", "model_digest", "model_preprocessing")


def model_columns() -> tuple[Column[str] | Column[int], ...]:
    """Which model made a template."""
    return (
        *(Column(name, String(128), nullable=False) for name in MODEL),
        Column("dimension", Integer, nullable=False),
    )
