"""Who was enrolled a moment ago, before the gallery hears of them: an import compares its people with each other."""

from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.identity.gallery import Candidates, ExactGallery
from nigoh.office.photo_desk import Search


class Newcomers:
    """A gallery of those that an import has enrolled. One thread adds and searches: that which saves.

    Args:
        model: of the templates.
        search: finds those who were enrolled before.
    """

    def __init__(self, model: ModelIdentity, search: Search) -> None:
        self._before = search
        self._now = ExactGallery(model)

    def add(self, person: PersonId, template: Templates) -> None:
        """One more template (1, D). Raises TemplateMismatch."""
        self._now.add(person, template)

    def search(self, probes: Templates, k: int) -> Candidates:
        """The k nearest people of each probe, enrolled before or now, best first."""
        rows = zip(self._before(probes, k).rows, self._now.search(probes, k).rows, strict=True)
        return Candidates(tuple(_merged((*before, *now), k) for before, now in rows))


def _merged(candidates: tuple[Candidate, ...], k: int) -> tuple[Candidate, ...]:
    """The k best people: the gallery may have heard of a newcomer by now, who is then in both."""
    best: dict[PersonId, float] = {}
    for candidate in candidates:
        best[candidate.person] = max(best.get(candidate.person, -1.0), candidate.score)
    ranked = sorted(best.items(), key=lambda each: -each[1])
    return tuple(Candidate(person, score) for person, score in ranked[:k])
