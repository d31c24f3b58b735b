"""The rows of a gallery in blocks that searches read while one thread writes.

What a search has taken hold of never changes: new templates are written into rows that no search knows of, a removed
one is marked in a copy of its block's list of owners, and all is published at once by replacing a tuple of blocks.
Adding one person writes their rows and copies nothing; removing one copies four bytes for each row of their block.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats
from nigoh.identity.template_codes import Precision, Rows, TemplateCodes

Owners = NDArray[np.int32]
"""(N,) the number of the person whose each row is; GONE of one that was removed."""

GONE = -1

BLOCK_ROWS = 131_072
"""Searched in 2 ms at 128 numbers; what is copied when one of its rows is removed are 512 kB."""

_MOST_GONE = 8
"""A full block of which an eighth is gone is written anew: seven rows are copied for each that was removed."""


class RowIndex(Protocol):
    """Finds rows of a block that resemble a probe. It never changes; any thread may ask it."""

    @property
    def rows(self) -> int:
        """It knows this many, the first ones of the block."""
        ...

    def nearest(self, probes: Floats, count: int) -> tuple[Floats, Rows]:
        """The rows that seem nearest to each probe (P, D) and their scores: (P, at most count) each; -1 for none."""
        ...

    def extended(self, vectors: Floats) -> "RowIndex":
        """A copy that knows these templates (N, D) too, as the rows after its own."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some templates and whose they are.

    Attributes:
        codes: BLOCK_ROWS of them.
        owners: as many.
        count: the first so many rows are in use.
        gone: how many of those were removed.
        looseness: see `TemplateCodes.looseness`.
        index: over its first rows, if there is one.
    """

    codes: TemplateCodes
    owners: Owners
    count: int = 0
    gone: int = 0
    looseness: float = 0.0
    index: RowIndex | None = None

    @property
    def live(self) -> Rows:
        """The rows that were not removed."""
        return np.flatnonzero(self.owners[: self.count] != GONE)

    @property
    def is_worn(self) -> bool:
        """Whether so much of it is gone that it is to be written anew."""
        return self.gone * _MOST_GONE > BLOCK_ROWS

    def extended(self, codes: TemplateCodes, owners: Owners) -> "Block":
        """With these rows after its own; there is room for them."""
        end = self.count + len(codes)
        self.codes.write(self.count, codes)
        self.owners[self.count : end] = owners
        looseness = max(self.looseness, self.codes.looseness(slice(self.count, end)))
        return replace(self, count=end, looseness=looseness)

    def without(self, people: NDArray[np.int32]) -> "Block":
        """Without the rows of these people: itself if it has none."""
        owners = self.owners[: self.count]
        hit = owners == people[0] if len(people) == 1 else np.isin(owners, people)
        found = int(np.count_nonzero(hit))
        if not found:
            return self
        kept = self.owners.copy()
        kept[: self.count][hit] = GONE
        return replace(self, owners=kept, gone=self.gone + found)


def without_people(blocks: Sequence[Block], people: Sequence[int]) -> list[Block]:
    """The blocks without the rows of these people."""
    if not people:
        return list(blocks)
    numbers = np.array(people, np.int32)
    return [block.without(numbers) for block in blocks]


def with_rows(blocks: Sequence[Block], codes: TemplateCodes, owners: Owners, precision: Precision) -> list[Block]:
    """The blocks with these rows after the others."""
    grown = list(blocks)
    begin = 0
    while begin < len(codes):
        if not grown or grown[-1].count == BLOCK_ROWS:
            room = TemplateCodes.room_for(BLOCK_ROWS, codes.coarse.shape[1], precision)
            grown.append(Block(room, np.empty(BLOCK_ROWS, np.int32)))
        rows = slice(begin, begin + BLOCK_ROWS - grown[-1].count)
        part = codes.pick(rows)
        grown[-1] = grown[-1].extended(part, owners[rows])
        begin += len(part)
    return grown


def renewed(blocks: Sequence[Block], precision: Precision) -> list[Block]:
    """The blocks without those that are worn, whose rows come after the others."""
    kept = [block for block in blocks if not block.is_worn]
    for block in blocks:
        if block.is_worn:
            rows = block.live
            kept = with_rows(kept, block.codes.pick(rows), block.owners[rows], precision)
    return kept
