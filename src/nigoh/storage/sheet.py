"""A table for people to read, before it is a file of some format."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

Cell = str | float | datetime | bytes | None
"""A time has no zone: it is of the place where it is read. Bytes are a JPEG; some formats leave it out."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column.

    Attributes:
        heading: above it.
        width: beside the others', in letters.
    """

    heading: str
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A table.

    Attributes:
        title: of the whole.
        about: below the title: what it holds, who took it.
        columns: from the left.
        rows: from the top, with a cell a column; gone through once.
    """

    title: str
    about: str
    columns: tuple[SheetColumn, ...]
    rows: Iterable[Sequence[Cell]]
