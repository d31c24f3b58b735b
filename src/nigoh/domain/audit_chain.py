"""Whether the audit's chain holds: what a check of it finds."""

from dataclasses import dataclass
from enum import StrEnum


class Damage(StrEnum):
    """What is wrong with an entry.

    CHANGED: it is not what was written. MISSING: it is not there, later ones are. REORDERED: it was written under
    another number. TRUNCATED: it is not there, nor is anything after it.
    """

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of the chain as it was noted outside the database.

    Attributes:
        number: of the entry that was the newest then.
        hash: its hash, 64 hexadecimal digits.
    """

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """The first broken entry.

    Attributes:
        number: its number.
        damage: what kind of damage.
        what: what exactly, in one clause.
    """

    number: int
    damage: Damage
    what: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of the whole chain found.

    Attributes:
        entries: how many were checked.
        head: the newest of the intact ones, or None if there is none.
        anchors: how many noted heads were found to be right.
        first_break: the first broken entry, or None: all is as it was written.
    """

    entries: int
    head: Anchor | None
    anchors: int
    first_break: ChainBreak | None
