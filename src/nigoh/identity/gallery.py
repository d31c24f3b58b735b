"""Who is enrolled, and the exact search over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import ModelIdentity, Templates, require_same_model


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The nearest people of N probes: a tuple a probe, best first, each person once."""

    rows: tuple[tuple[Candidate, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)


class Gallery(Protocol):
    """Nearest known people. Any thread may search; one thread writes."""

    @property
    def model(self) -> ModelIdentity:
        """The model whose templates this gallery holds."""
        ...

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who is enrolled, each once, in the order of enrolment."""
        ...

    def add(self, person: PersonId, templates: Templates) -> None:
        """Enrol templates of one person, beside those that they have. Raises TemplateMismatch."""
        ...

    def search(self, probes: Templates, k: int) -> Candidates:
        """The k nearest people of each probe, best first, one row a probe. Raises TemplateMismatch."""
        ...


class ExactGallery:
    """Every template in one matrix, searched by a matrix product. A person's score is their best template's.

    State: the matrix and its owners are replaced together by `add`, never changed in place, so that a search in
    another thread sees either the old gallery or the new one.
    """

    def __init__(self, model: ModelIdentity) -> None:
        self._model = model
        self._enrolled: tuple[Floats, tuple[PersonId, ...]] = (
            np.empty((0, model.dimension), np.float32),
            (),
        )

    @property
    def model(self) -> ModelIdentity:
        """The model whose templates this gallery holds."""
        return self._model

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who is enrolled, each once, in the order of enrolment."""
        return tuple(dict.fromkeys(self._enrolled[1]))

    @property
    def enrolled(self) -> tuple[Templates, tuple[PersonId, ...]]:
        """All templates, and whose each is, row for row."""
        vectors, owners = self._enrolled
        return Templates(vectors, self._model), owners

    def __len__(self) -> int:
        return len(self._enrolled[1])

    def add(self, person: PersonId, templates: Templates) -> None:
        """Enrol templates of one person. Raises TemplateMismatch."""
        require_same_model(self._model, templates.model)
        vectors, owners = self._enrolled
        self._enrolled = (np.concatenate([vectors, templates.vectors]), owners + (person,) * len(templates))

    def search(self, probes: Templates, k: int) -> Candidates:
        """The k nearest people of each probe. Raises TemplateMismatch."""
        require_same_model(self._model, probes.model)
        vectors, owners = self._enrolled
        similarity = probes.vectors @ vectors.T
        return Candidates(tuple(_nearest(row, owners, k) for row in similarity))


def _nearest(scores: Floats, owners: Sequence[PersonId], k: int) -> tuple[Candidate, ...]:
    best: dict[PersonId, float] = {}
    for row in np.argsort(-scores, kind="stable"):
        best.setdefault(owners[row], float(scores[row]))
        if len(best) == k:
            break
    return tuple(Candidate(person, score) for person, score in best.items())
