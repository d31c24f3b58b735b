"""Search over blocks of templates: which rows may be among the nearest, and who is nearest.

The coarse codes give each row a score that is off by no more than a known bound. Where k people have a row whose
score is at least s for certain, no row that cannot reach s belongs to a nearer person: all others are ranked exactly.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numkong
import numpy as np

from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.identity.template_blocks import GONE, Block, Owners
from nigoh.identity.template_codes import CoarseProbes, Rows

T = TypeVar("T")
R = TypeVar("R")

PROBES_AT_ONCE = 16
"""They share the reading of the codes: 16 take three times as long as one."""


class Spread(Protocol):
    """Calls a function for each item and gives what it returns, in order: `map`, or that of a pool of threads."""

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """The function's results."""
        ...


_ROUNDING = 1e-5
"""What single precision adds to the bound."""

_LONGEST = 1.001
"""A template's length is 1, within 1e-3."""

_SIFTED, _SIFTED_A_PERSON = 256, 16
_RANKED_AT_ONCE, _KEPT = 8192, 512
_LOWEST = -4.0
"""Below every score and every estimate of one."""


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """The rows of a block from this one on."""

    block: Block
    begin: int = 0


@dataclass(slots=True, eq=False)
class Sieve:
    """The rows that may belong to one of the k people nearest to one probe. Owner: its search.

    Attributes:
        k: how many people are looked for.
        floor: k people have a score of at least this.
        rows: by the place of each block, rows that may reach it.
    """

    k: int
    floor: float = _LOWEST
    rows: dict[int, list[Rows]] = field(default_factory=dict)
    _least: list[Floats] = field(default_factory=list)
    _owners: list[Owners] = field(default_factory=list)

    def offer(self, place: int, begin: int, estimates: Floats, owners: Owners, error: float) -> None:
        """Rows of a block from `begin` on, with estimates (N,) of their scores that are off by at most `error`."""
        rows: Rows = np.flatnonzero(estimates >= self.floor - error)
        if not len(rows):
            return
        most = max(_SIFTED, _SIFTED_A_PERSON * self.k)
        best = rows
        if len(rows) > most:
            best = rows[np.argpartition(estimates[rows], len(rows) - most)[-most:]]
        self._raise_floor(estimates[best] - np.float32(error), owners[best])
        self.rows.setdefault(place, []).append(rows[estimates[rows] >= self.floor - error] + begin)

    def _raise_floor(self, least: Floats, owners: Owners) -> None:
        self._least.append(least)
        self._owners.append(owners)
        scores, people = best_of_each(np.concatenate(self._least), np.concatenate(self._owners))
        self._least, self._owners = [scores[: self.k]], [people[: self.k]]
        if len(scores) >= self.k:
            self.floor = max(self.floor, float(scores[self.k - 1]))


def best_of_each(scores: Floats, owners: Owners) -> tuple[Floats, Owners]:
    """The best score of each person, best first; of equal ones the person who was enrolled first."""
    order = np.lexsort((owners, -scores))
    _, first = np.unique(owners[order], return_index=True)
    chosen = order[np.sort(first)]
    return scores[chosen], owners[chosen]


def sift(spans: Sequence[Span], probes: Floats, sieves: Sequence[Sieve], spread: Spread) -> None:
    """Offer all rows of these spans, a place each, to the sieves of probes (P, D), at most PROBES_AT_ONCE."""
    coarse = CoarseProbes.of(probes)
    packed = numkong.dots_pack(coarse.codes)

    def estimate(span: Span) -> Floats:
        rows = slice(span.begin, span.block.count)
        products = np.asarray(numkong.dots_packed(span.block.codes.coarse[rows], packed))
        scores: Floats = products * (span.block.codes.steps[rows, None] * coarse.steps)
        if span.block.gone:
            scores[span.block.owners[rows] == GONE] = -np.inf
        return scores

    errors = _LONGEST * coarse.looseness + _ROUNDING
    for place, (span, estimates) in enumerate(zip(spans, spread(estimate, spans), strict=True)):
        owners = span.block.owners[span.begin : span.block.count]
        for number, sieve in enumerate(sieves):
            error = _LONGEST * span.block.looseness + float(errors[number])
            sieve.offer(place, span.begin, estimates[:, number], owners, error)


def rank(blocks: Sequence[Block], rows: dict[int, list[Rows]], probe: Floats, k: int) -> tuple[Floats, Owners]:
    """The scores of the k people nearest to a probe (D,) among these rows, best first, and their numbers."""
    best: list[tuple[Floats, Owners]] = []
    parts = list(_parts(blocks, rows))
    if sum(len(part) for _, part in parts) > _SIFTED:
        parts = _sifted_once_more(parts, probe, k)
    for block, part in parts:
        # Each row is summed by itself: equal templates have equal scores, wherever they stand.
        scores: Floats = np.vecdot(block.codes.whole(part), probe)
        owners: Owners = block.owners[part]
        best.append(best_of_each(scores, owners) if len(part) > _KEPT else (scores, owners))
    if not best:
        return np.empty(0, np.float32), np.empty(0, np.int32)
    scores, owners = (np.concatenate(each) for each in zip(*best, strict=True))
    scores, owners = best_of_each(scores, owners)
    return scores[:k], owners[:k]


def _sifted_once_more(parts: Sequence[tuple[Block, Rows]], probe: Floats, k: int) -> list[tuple[Block, Rows]]:
    """The rows that may belong to one of the k people, as their coarse codes say, which are a quarter to read."""
    coarse = CoarseProbes.of(probe[None])
    codes = np.concatenate([block.codes.coarse[part] for block, part in parts])
    steps = np.concatenate([block.codes.steps[part] for block, part in parts])
    estimates = np.asarray(numkong.dots_packed(codes, numkong.dots_pack(coarse.codes)))[:, 0] * (steps * coarse.steps)
    looseness = np.repeat([block.looseness for block, _ in parts], [len(part) for _, part in parts])
    errors = _LONGEST * (looseness + coarse.looseness[0]) + _ROUNDING
    sieve = Sieve(k)
    owners = np.concatenate([block.owners[part] for block, part in parts])
    sieve.offer(0, 0, np.asarray(estimates, np.float32), owners, float(errors.max()))
    kept = np.zeros(len(estimates), bool)
    kept[np.concatenate(sieve.rows[0])] = True
    ends = np.cumsum([len(part) for _, part in parts])
    return [(block, part[kept[end - len(part) : end]]) for (block, part), end in zip(parts, ends, strict=True)]


def named(scores: Floats, owners: Owners, names: Sequence[PersonId]) -> tuple[Candidate, ...]:
    """Who these people are, with their scores."""
    return tuple(
        Candidate(names[owner], score) for owner, score in zip(owners.tolist(), scores.tolist(), strict=True)
    )


def _parts(blocks: Sequence[Block], rows: dict[int, list[Rows]]) -> Iterator[tuple[Block, Rows]]:
    for place, found in rows.items():
        block = blocks[place]
        every = np.concatenate(found)
        every = every[block.owners[every] != GONE] if block.gone else every
        for begin in range(0, len(every), _RANKED_AT_ONCE):
            yield block, every[begin : begin + _RANKED_AT_ONCE]
