"""The search that looks at a sixteenth of each template, for galleries of hundreds of thousands.

Face templates fill their sphere almost evenly (SFace's use 114 of their 128 dimensions), and of such there is no
neighbourhood to walk through: a graph (HNSW) that finds 98 % of the nearest among 200,000 looks for 7 ms, cells (IVF)
that find 99 % hold half of the gallery. What remains is to look at everything, at less of it: a product quantiser
with 4 bits for each two or four numbers, whose tables fit into registers (Jégou, Douze and Schmid, TPAMI 2011; André,
Kermarrec and Le Scouarnec, "Quicker ADC", TPAMI 2021), sifts a million in 2 ms, and its best are ranked exactly.
docs/galleries.md has the measurements.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import ModelIdentity, Templates, require_same_model
from nigoh.errors import MissingExtra
from nigoh.identity.gallery import Candidates
from nigoh.identity.template_blocks import BLOCK_ROWS, GONE, Block, RowIndex
from nigoh.identity.template_codes import Precision, Rows
from nigoh.identity.template_search import PROBES_AT_ONCE, Sieve, Span, Spread, named, rank, sift
from nigoh.identity.template_store import Blocks, TemplateStore

try:
    import faiss
except ImportError as error:
    raise MissingExtra("the approximate gallery", "large") from error

_BITS = 4

_SHORT = 256
"""Templates of more numbers have a code for each four of them, others for each two."""

_LEARNS_FROM_MOST = 16_384
"""Sixteen codes of a few numbers each are learnt from a thousand templates a code."""

_EACH_PERSON = 8
_AT_LEAST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproximateOptions:
    """How an approximate gallery works.

    Attributes:
        learns_from: with so many templates it learns their codes; with fewer it searches exactly.
        batch: so many new rows of a block are indexed at once; until then they are searched exactly, 0.1 ms at most.
        shortlist: how many rows are ranked exactly for each probe.
        spread: who searches the blocks; by default the thread that searches.
        lanes: into so many equal parts they are divided for it; as many as threads, since a block takes only 0.3 ms.
    """

    learns_from: int = 32_768
    batch: int = 8192
    shortlist: int = 1024
    spread: Spread = map
    lanes: int = 1


def use_one_thread() -> None:
    """Let FAISS work in the thread that calls it: where cores are shared out, its own would wait for each other."""
    faiss.omp_set_num_threads(1)


class QuantisedRows:
    """The first rows of a block under a product quantiser (see the contract of `RowIndex`)."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @property
    def rows(self) -> int:
        """It knows this many."""
        return int(self._index.ntotal)

    def nearest(self, probes: Floats, count: int) -> tuple[Floats, Rows]:
        """The rows that seem nearest."""
        scores, rows = self._index.search(probes, min(count, self.rows))
        return np.asarray(scores, np.float32), np.asarray(rows, np.intp)

    def extended(self, vectors: Floats) -> "QuantisedRows":
        """A copy that knows these rows (N, D) too, after its own."""
        index = faiss.clone_index(self._index)
        index.add(vectors)
        return QuantisedRows(index)


class ApproximateGallery:
    """Finds the nearest among what short codes say is near (see the contract of `Gallery`).

    Scores are exact. Who was enrolled last is found exactly, until there are enough of them to be indexed.

    Args:
        model: the model whose templates it holds.
        precision: how exactly they are kept.
        options: see there.
    """

    def __init__(
        self,
        model: ModelIdentity,
        precision: Precision = Precision.HALF,
        options: ApproximateOptions | None = None,
    ) -> None:
        self._store = TemplateStore(model, precision, self._index)
        self._options = options or ApproximateOptions()
        self._empty: QuantisedRows | None = None

    @property
    def model(self) -> ModelIdentity:
        """The model whose templates this gallery holds."""
        return self._store.model

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who is enrolled, each once, in the order of enrolment."""
        return self._store.people

    def __len__(self) -> int:
        return self._store.size

    def add(self, person: PersonId, templates: Templates) -> None:
        """Enrol templates of one person, beside those that they have. Raises TemplateMismatch."""
        self._store.change({person: templates}, keep=True)

    def put(self, person: PersonId, templates: Templates) -> None:
        """Enrol one person with these templates alone. Raises TemplateMismatch."""
        self._store.change({person: templates})

    def remove(self, person: PersonId) -> None:
        """Remove one person."""
        self._store.change({}, [person])

    def change(self, put: Mapping[PersonId, Templates], removed: Collection[PersonId] = ()) -> None:
        """Put and remove any number of people at once. Raises TemplateMismatch."""
        self._store.change(put, removed)

    def search(self, probes: Templates, k: int) -> Candidates:
        """The k nearest people of each probe. Raises TemplateMismatch."""
        require_same_model(self.model, probes.model)
        blocks, names = self._store.blocks, self._store.names
        found: list[tuple[Candidate, ...]] = []
        for begin in range(0, len(probes), PROBES_AT_ONCE):
            vectors = np.ascontiguousarray(probes.vectors[begin : begin + PROBES_AT_ONCE])
            for vector, rows in zip(vectors, self._shortlists(blocks, vectors, k), strict=True):
                scores, owners = rank(blocks, rows, vector, k)
                if len(owners) < k:
                    # Few people have many templates: the shortlist was full of one of them.
                    scores, owners = rank(blocks, _sifted(blocks, vector[None], k)[0].rows, vector, k)
                found.append(named(scores, owners, names))
        return Candidates(tuple(found))

    def _shortlists(self, blocks: Blocks, probes: Floats, k: int) -> list[dict[int, list[Rows]]]:
        """For each probe the rows that are to be ranked, by the place of their block."""
        sieves = _sifted(blocks, probes, k, tails=True)
        most = max(self._options.shortlist, _EACH_PERSON * k)
        indexed = [(place, block) for place, block in enumerate(blocks) if block.index is not None]
        if not indexed:
            return [sieve.rows for sieve in sieves]
        # Those who are nearest lie anywhere: a block has its share of them, and hardly more than twice that.
        each = min(most, 2 * most // len(indexed) + _AT_LEAST)
        lanes = [indexed[lane :: self._options.lanes] for lane in range(self._options.lanes)]

        def follow(lane: Sequence[tuple[int, Block]]) -> list[tuple[Floats, Rows]]:
            return [_nearest(block, probes, each) for _, block in lane]

        found = [part for parts in self._options.spread(follow, lanes) for part in parts]
        scores, rows = (np.concatenate(part, axis=1) for part in zip(*found, strict=True))
        places = np.repeat([place for lane in lanes for place, _ in lane], [part.shape[1] for part, _ in found])
        for sieve, score, row in zip(sieves, scores, rows, strict=True):
            best = np.argpartition(-score, most)[:most] if len(score) > most else np.flatnonzero(row >= 0)
            for place, _ in indexed:
                chosen = row[best[places[best] == place]]
                sieve.rows.setdefault(place, []).append(chosen[chosen >= 0])
        return [sieve.rows for sieve in sieves]

    def _index(self, blocks: Blocks) -> Blocks:
        """The blocks with their new rows indexed, as soon as there are enough of them."""
        if self._empty is None:
            if sum(block.count - block.gone for block in blocks) < self._options.learns_from:
                return blocks
            self._empty = _learn(blocks, self.model.dimension)
        return tuple(_indexed(block, self._empty, self._options.batch) for block in blocks)


def _nearest(block: Block, probes: Floats, count: int) -> tuple[Floats, Rows]:
    """The rows of a block that its index finds, and their scores; of those that were removed the lowest."""
    if block.index is None:
        return np.empty((len(probes), 0), np.float32), np.empty((len(probes), 0), np.intp)
    # As many more as were removed: they cannot crowd out anybody.
    scores, rows = block.index.nearest(probes, count + block.gone)
    if block.gone:
        scores[block.owners[rows] == GONE] = -np.inf
    return scores, rows


def _indexed(block: Block, empty: QuantisedRows, batch: int) -> Block:
    known = block.index.rows if block.index is not None else 0
    new = block.count - known
    if new < batch and not (new and block.count == BLOCK_ROWS):
        return block
    index: RowIndex = block.index or empty
    return replace(block, index=index.extended(block.codes.whole(slice(known, block.count))))


def _learn(blocks: Sequence[Block], dimension: int) -> QuantisedRows:
    """An index without rows whose codes fit these templates."""
    numbers = next(each for each in (4, 2, 1) if dimension % each == 0 and (each < 4 or dimension > _SHORT))
    index = faiss.IndexPQFastScan(dimension, dimension // numbers, _BITS, faiss.METRIC_INNER_PRODUCT)
    each = max(1, sum(block.count for block in blocks) // _LEARNS_FROM_MOST)
    index.train(np.concatenate([block.codes.whole(block.live[::each]) for block in blocks]))
    return QuantisedRows(index)


def _sifted(blocks: Blocks, probes: Floats, k: int, *, tails: bool = False) -> list[Sieve]:
    """What an exact search would rank: of all rows, or of those at the end that no index knows."""
    sieves = [Sieve(k) for _ in probes]
    known = [block.index.rows if tails and block.index is not None else 0 for block in blocks]
    spans = [Span(block, rows) for block, rows in zip(blocks, known, strict=True)]
    sift(spans, probes, sieves, map)
    return sieves
