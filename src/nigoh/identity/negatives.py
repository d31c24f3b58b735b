"""Negatives: a face of which an operator said "not this person" does not get that name again."""

from collections.abc import Mapping

from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import Templates

CERTAIN = 0.8
"""A probe that resembles a face this much shows that face: SFace gives two photos of one person 0.65 +- 0.12, two
pictures of one visit more."""


def without_refused(
    candidates: tuple[Candidate, ...], probe: Templates, negatives: Mapping[PersonId, Templates]
) -> tuple[Candidate, ...]:
    """The candidates whose names the probe may bear.

    A name is refused if the probe resembles a face that is not theirs at least as much as their own templates, or
    CERTAIN: whoever they are mistaken for is refused each time, and they themselves go on being found.

    Args:
        candidates: the people nearest to the probe, best first.
        probe: (1, D).
        negatives: by person, the faces that are not theirs, of the probe's model.
    """
    return tuple(each for each in candidates if not _is_refused(each, probe, negatives.get(each.person)))


def _is_refused(candidate: Candidate, probe: Templates, negatives: Templates | None) -> bool:
    if negatives is None or not len(negatives):
        return False
    resemblance = float(probe.similarity(negatives).max())
    return resemblance >= min(candidate.score, CERTAIN)
