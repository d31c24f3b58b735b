"""Who can be recognised, and on what terms: a gallery that follows what is enrolled elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.people import PersonTerms
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import Templates
from nigoh.identity.decision import Decision, DecisionPolicy, decide
from nigoh.identity.gallery import Gallery
from nigoh.identity.negatives import without_refused

V = TypeVar("V")

_CANDIDATES = 3
_IN_RESERVE = 3
"""Candidates whose names may be refused, before there are too few."""

_NEARLY = 0.1
"""Half precision, hysteresis and a track that is not at its best shot yet: whoever is this far below a threshold is
looked at again when somebody is enrolled."""


@dataclass(frozen=True, slots=True, eq=False)
class Renewal:
    """Whom a change is about.

    Attributes:
        people: everybody who is enrolled, another or gone.
        templates: all that they have now.
        least_score: a track that resembles none of these templates this much is none of theirs.
        everybody: it is about every track.
    """

    people: frozenset[PersonId]
    templates: Templates
    least_score: float
    everybody: bool = False

    def concerns(self, decision: Decision, probe: Templates) -> bool:
        """Whether a track with this pooled template (1, D) is to be decided anew."""
        if self.everybody or any(candidate.person in self.people for candidate in decision.candidates):
            return True
        return len(self.templates) > 0 and float(probe.similarity(self.templates).max()) >= self.least_score


class KnownPeople:
    """Owns a gallery and the terms of the people in it. One thread changes it; any thread asks.

    Args:
        gallery: who can be recognised.
        threshold_for: the threshold for so many templates, where it depends on that; None: the policy's stands.
    """

    def __init__(self, gallery: Gallery, threshold_for: Callable[[int], float] | None = None) -> None:
        self._gallery = gallery
        self._threshold_for = threshold_for
        self._threshold: float | None = None
        self._terms: dict[PersonId, PersonTerms] = {}
        self._negatives: dict[PersonId, Templates] = {}
        self._update_threshold()

    @property
    def gallery(self) -> Gallery:
        """Who can be recognised."""
        return self._gallery

    @property
    def threshold(self) -> float | None:
        """Least similarity of a known person, where it depends on how many there are; None: the policy's stands."""
        return self._threshold

    def name_of(self, person: str) -> str:
        """What somebody is called; whoever has no terms is called what they are enrolled as."""
        terms = self._terms.get(PersonId(person))
        return person if terms is None else terms.name

    def candidates(self, probes: Templates) -> tuple[tuple[Candidate, ...], ...]:
        """The nearest people of each probe, best first, whose names it may bear."""
        reserve = _IN_RESERVE if self._negatives else 0
        found = self._gallery.search(probes, _CANDIDATES + reserve).rows
        if not reserve:
            return found
        kept = (without_refused(row, probes.pick([place]), self._negatives) for place, row in enumerate(found))
        return tuple(row[:_CANDIDATES] for row in kept)

    def decide(
        self,
        candidates: tuple[Candidate, ...],
        evidence: float,
        policy: DecisionPolicy,
        before: Decision | None = None,
    ) -> Decision:
        """Decide about a track by these candidates; see `nigoh.identity.decision.decide`."""
        if self._threshold is not None:
            policy = replace(policy, threshold=self._threshold)
        return decide(candidates, evidence, policy, before, self._terms)

    def apply(self, changes: Sequence[GalleryChange], policy: DecisionPolicy) -> Renewal:
        """Take over changes, all at once, and say whom they are about."""
        model = self._gallery.model
        templates = {change.person: change.templates_of(model) for change in changes if change.terms is not None}
        gone = [change.person for change in changes if change.terms is None]
        self._gallery.change(templates, gone)
        for change in changes:
            _set(self._terms, change.person, change.terms)
            negatives = change.negatives_of(model) if change.terms is not None else None
            _set(self._negatives, change.person, negatives if negatives is not None and len(negatives) else None)
        self._update_threshold()
        new = np.concatenate(
            [np.empty((0, model.dimension), np.float32), *(each.vectors for each in templates.values())]
        )
        own = [change.terms.threshold for change in changes if change.terms and change.terms.threshold is not None]
        least = min([policy.threshold if self._threshold is None else self._threshold, *own])
        return Renewal(frozenset(change.person for change in changes), Templates(new, model), least - _NEARLY)

    def hold_against(self, threshold_for: Callable[[int], float]) -> Renewal:
        """Name people from this threshold on, for so many templates; it is about all tracks.

        Raises:
            ConfigError: nothing says which threshold the model needs; then nothing has changed.
        """
        threshold = threshold_for(len(self._gallery))
        self._threshold_for, self._threshold = threshold_for, threshold
        model = self._gallery.model
        nobody = Templates(np.empty((0, model.dimension), np.float32), model)
        return Renewal(frozenset(), nobody, threshold, everybody=True)

    def _update_threshold(self) -> None:
        if self._threshold_for is not None:
            self._threshold = self._threshold_for(len(self._gallery))


def _set(values: dict[PersonId, V], person: PersonId, value: V | None) -> None:
    if value is None:
        values.pop(person, None)
    else:
        values[person] = value
