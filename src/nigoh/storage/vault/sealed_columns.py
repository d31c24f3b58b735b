"""Where in the database sealed data lies, and what each piece is bound to, so that none opens in another's place."""

from dataclasses import dataclass

from sqlalchemy import Column, Table

from nigoh.storage.database.tables import CAMERAS, NEGATIVES, SECRETS, TEMPLATES, TRACKS, USERS


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed data; the table's `key_id` names the data key."""

    table: Table
    sealed: Column[bytes]

    @property
    def id_column(self) -> Column[str]:
        """The column that identifies a row."""
        (column,) = self.table.primary_key.columns
        return column


SEALED_COLUMNS = (
    SealedColumn(SECRETS, SECRETS.c.sealed_value),
    SealedColumn(TEMPLATES, TEMPLATES.c.sealed_vector),
    SealedColumn(NEGATIVES, NEGATIVES.c.sealed_vector),
    SealedColumn(TRACKS, TRACKS.c.sealed_vector),
    SealedColumn(CAMERAS, CAMERAS.c.sealed_url),
    SealedColumn(USERS, USERS.c.sealed_totp),
)
"""All of them; pictures are sealed too, in files."""


def row_binding(table: Table, identifier: str) -> str:
    """What the sealed column of a row is bound to, e.g. "template:01jd…"; give it to the vault as `bound_to`."""
    return f"{table.name}:{identifier}"
