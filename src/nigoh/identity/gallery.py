"""Who is enrolled, and the exact search over them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import ModelIdentity, Templates, require_same_model
from nigoh.identity.template_codes import Precision
from nigoh.identity.template_search import PROBES_AT_ONCE, Sieve, Span, Spread, named, rank, sift
from nigoh.identity.template_store import TemplateStore


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The nearest people of N probes: a tuple a probe, best first, each person once."""

    rows: tuple[tuple[Candidate, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)


class Gallery(Protocol):
    """Nearest known people. Any thread may search; one thread writes.

    A search sees each change whole or not at all: never somebody half enrolled, never a new template beside the old
    one that it replaces, and nobody who had been removed when it began. A person's score is that of their best
    template; of people with equal scores the one who was enrolled first comes first.
    """

    @property
    def model(self) -> ModelIdentity:
        """The model whose templates this gallery holds."""
        ...

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who is enrolled, each once, in the order of enrolment."""
        ...

    def __len__(self) -> int:
        """How many templates it holds."""
        ...

    def add(self, person: PersonId, templates: Templates) -> None:
        """Enrol templates of one person, beside those that they have. Raises TemplateMismatch."""
        ...

    def put(self, person: PersonId, templates: Templates) -> None:
        """Enrol one person with these templates alone; with none they are removed. Raises TemplateMismatch."""
        ...

    def remove(self, person: PersonId) -> None:
        """Remove one person with all their templates; whoever is not enrolled is passed over."""
        ...

    def change(self, put: Mapping[PersonId, Templates], removed: Collection[PersonId] = ()) -> None:
        """Put and remove any number of people at once. Raises TemplateMismatch, and nothing has changed then."""
        ...

    def search(self, probes: Templates, k: int) -> Candidates:
        """The k nearest people of each probe, best first, one row a probe. Raises TemplateMismatch."""
        ...


class ExactGallery:
    """Compares each probe with every template (see the contract of `Gallery`).

    Args:
        model: the model whose templates it holds.
        precision: how exactly they are kept. In half precision a million of 512 numbers take 1.04 GB.
        spread: who reads the blocks; by default the thread that searches.
    """

    def __init__(self, model: ModelIdentity, precision: Precision = Precision.SINGLE, spread: Spread = map) -> None:
        self._store = TemplateStore(model, precision)
        self._spread = spread

    @property
    def model(self) -> ModelIdentity:
        """The model whose templates this gallery holds."""
        return self._store.model

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who is enrolled, each once, in the order of enrolment."""
        return self._store.people

    @property
    def enrolled(self) -> tuple[Templates, tuple[PersonId, ...]]:
        """All templates, and whose each is, row for row."""
        vectors, owners = self._store.whole()
        return Templates(vectors, self.model), tuple(self._store.names[owner] for owner in owners)

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
        rows: list[tuple[Candidate, ...]] = []
        for begin in range(0, len(probes), PROBES_AT_ONCE):
            vectors = probes.vectors[begin : begin + PROBES_AT_ONCE]
            sieves = [Sieve(k) for _ in vectors]
            sift([Span(block) for block in blocks], vectors, sieves, self._spread)
            for vector, sieve in zip(vectors, sieves, strict=True):
                rows.append(named(*rank(blocks, sieve.rows, vector, k), names))
        return Candidates(tuple(rows))
