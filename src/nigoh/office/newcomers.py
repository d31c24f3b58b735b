"""Who was enrolled a moment ago, before the gallery hears of them: an import compares its people with each other."""

import numpy as np

from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import ModelIdentity, Templates, require_same_model
from nigoh.identity.gallery import Candidates
from nigoh.office.photo_desk import Search

_FIRST_ROWS = 256


class Newcomers:
    """Templates in one matrix that doubles when it is full. One thread adds and searches: the import's.

    Args:
        model: of the templates.
        search: finds those who were enrolled before.
    """

    def __init__(self, model: ModelIdentity, search: Search) -> None:
        self._model = model
        self._before = search
        self._vectors = np.empty((_FIRST_ROWS, model.dimension), np.float32)
        self._owners: list[PersonId] = []

    def add(self, person: PersonId, template: Templates) -> None:
        """One more template (1, D). Raises TemplateMismatch."""
        require_same_model(self._model, template.model)
        if len(self._owners) == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.empty_like(self._vectors)])
        self._vectors[len(self._owners)] = template.vectors[0]
        self._owners.append(person)

    def search(self, probes: Templates, k: int) -> Candidates:
        """The k nearest people of each probe, enrolled before or now, best first."""
        before = self._before(probes, k).rows
        scores = probes.vectors @ self._vectors[: len(self._owners)].T
        return Candidates(tuple(self._merged(row, old, k) for row, old in zip(scores, before, strict=True)))

    def _merged(self, scores: np.ndarray, before: tuple[Candidate, ...], k: int) -> tuple[Candidate, ...]:
        best = {candidate.person: candidate.score for candidate in before}
        nearest: set[PersonId] = set()
        for row in np.argsort(-scores, kind="stable"):
            person = self._owners[row]
            best[person] = max(best.get(person, -1.0), float(scores[row]))
            nearest.add(person)
            if len(nearest) == k:
                break
        ranked = sorted(best.items(), key=lambda each: -each[1])
        return tuple(Candidate(person, score) for person, score in ranked[:k])
