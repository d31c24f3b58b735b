"""From a track's templates to a name: evidence pooled by quality, thresholds with hysteresis."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from nigoh.domain.geometry import Floats
from nigoh.domain.people import PersonTerms
from nigoh.domain.sighting import Candidate, PersonId, Status
from nigoh.domain.template import Templates

_NO_TERMS: Mapping[PersonId, PersonTerms] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """When a track gets a name.

    Attributes:
        threshold: least similarity of a track to a person to be named, unless their terms have one. It belongs to the
            model.
        hysteresis: a name once given is kept until the similarity falls this far below the threshold.
        margin: the nearest two people must differ by this much, else the track is ambiguous.
        least_evidence: least quality of the best shot to be named at all: on faces that are blurred, tiny or turned
            away strangers reach the threshold more often than on the good photos it was measured on. The smallest
            faces that SFace still tells apart (24 px) and turned heads in which it finds the person have 0.4 to 0.6.
        settled_shots: least number of shots after which a name can be beyond doubt,
        settled_unknown_shots: and that somebody is unknown: one shot may simply be a bad one,
        settled_by: if the similarity is this far above or below the threshold.
        wanted: people that this watch looks for, beside those whose terms say so.
    """

    threshold: float
    hysteresis: float = 0.05
    margin: float = 0.05
    least_evidence: float = 0.2
    settled_shots: int = 3
    settled_unknown_shots: int = 3
    settled_by: float = 0.12
    wanted: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a track is, for now.

    Attributes:
        status: what was decided.
        person: the name for KNOWN and WANTED, else None.
        score: similarity to that person, else to the nearest; 0 with nobody enrolled.
        candidates: the nearest people, best first.
        threshold: what the score was held against; None: the policy's.
    """

    status: Status
    person: PersonId | None
    score: float
    candidates: tuple[Candidate, ...]
    threshold: float | None = None


def pool(shots: Templates, qualities: Floats) -> Templates:
    """One template for a track: the mean of its shots' templates (K, D), weighted by quality squared.

    Averaging templates of one track raises the similarity to the same person and hardly that to others: noise
    cancels (template pooling, Whitelam et al., IJB-B, CVPRW 2017). Squared, a blurred shot counts a quarter of one
    twice as good.
    """
    weights = np.maximum(np.asarray(qualities, np.float32), 1e-3) ** 2
    mean = (shots.vectors * weights[:, None]).sum(axis=0)
    vector = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return Templates(np.asarray(vector[None], dtype=np.float32), shots.model)


def decide(
    candidates: tuple[Candidate, ...],
    evidence: float,
    policy: DecisionPolicy,
    before: Decision | None = None,
    terms: Mapping[PersonId, PersonTerms] = _NO_TERMS,
) -> Decision:
    """Decide about a track.

    Args:
        candidates: the people nearest to its pooled template, best first; empty with nobody enrolled.
        evidence: quality of its best shot, in [0, 1].
        policy: thresholds and who is wanted.
        before: the last decision about this track, which has the benefit of the doubt.
        terms: of people who have a threshold of their own or are wanted.
    """
    if not candidates:
        return Decision(Status.UNKNOWN, None, 0.0, (), policy.threshold)
    nearest = candidates[0]
    own = terms.get(nearest.person)
    threshold = policy.threshold if own is None or own.threshold is None else own.threshold
    kept = before is not None and before.person == nearest.person
    needed = threshold - (policy.hysteresis if kept else 0)
    status, person = Status.KNOWN, None
    if nearest.score < needed or evidence < policy.least_evidence:
        status = Status.UNKNOWN
    elif len(candidates) > 1 and not kept and nearest.score - candidates[1].score < policy.margin:
        status = Status.AMBIGUOUS
    else:
        person = nearest.person
        if person in policy.wanted or (own is not None and own.wanted):
            status = Status.WANTED
    return Decision(status, person, nearest.score, candidates, threshold)


def is_settled(decision: Decision, shots: int, policy: DecisionPolicy) -> bool:
    """Whether more shots of the track would hardly change the decision, so that none need be embedded."""
    needed = policy.settled_unknown_shots if decision.person is None else policy.settled_shots
    if shots < needed or decision.status is Status.AMBIGUOUS:
        return False
    threshold = policy.threshold if decision.threshold is None else decision.threshold
    return abs(decision.score - threshold) >= policy.settled_by
