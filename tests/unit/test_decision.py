"""A track's name: thresholds, the benefit of the doubt, ambiguity, evidence."""

import numpy as np
import pytest

from nigoh.domain.sighting import Candidate, PersonId, Status
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.identity.decision import Decision, DecisionPolicy, decide, is_settled, pool

POLICY = DecisionPolicy(threshold=0.40, hysteresis=0.05, margin=0.05, least_evidence=0.2)
MODEL = ModelIdentity("toy", "1", "0" * 64, "none", 3)


def _near(**scores: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(PersonId(name), score) for name, score in scores.items())


def _known(name: str, score: float) -> Decision:
    return Decision(Status.KNOWN, PersonId(name), score, ())


@pytest.mark.parametrize(
    ("candidates", "evidence", "before", "status", "person"),
    [
        ((), 0.9, None, Status.UNKNOWN, None),
        (_near(anna=0.40), 0.9, None, Status.KNOWN, "anna"),
        (_near(anna=0.399), 0.9, None, Status.UNKNOWN, None),
        (_near(anna=0.36), 0.9, _known("anna", 0.5), Status.KNOWN, "anna"),
        (_near(anna=0.34), 0.9, _known("anna", 0.5), Status.UNKNOWN, None),
        (_near(anna=0.36), 0.9, _known("bek", 0.5), Status.UNKNOWN, None),
        (_near(anna=0.50, bek=0.46), 0.9, None, Status.AMBIGUOUS, None),
        (_near(anna=0.50, bek=0.44), 0.9, None, Status.KNOWN, "anna"),
        (_near(anna=0.50, bek=0.46), 0.9, _known("anna", 0.6), Status.KNOWN, "anna"),
        (_near(anna=0.50, bek=0.46), 0.9, _known("bek", 0.6), Status.AMBIGUOUS, None),
        (_near(anna=0.80), 0.1, None, Status.UNKNOWN, None),
    ],
)
def test_decisions(
    candidates: tuple[Candidate, ...], evidence: float, before: Decision | None, status: Status, person: str | None
) -> None:
    decision = decide(candidates, evidence, POLICY, before)
    assert (decision.status, decision.person) == (status, person)
    assert decision.score == (candidates[0].score if candidates else 0.0)
    assert decision.candidates == candidates


def test_someone_wanted_is_wanted_and_others_are_known() -> None:
    policy = DecisionPolicy(threshold=0.4, wanted=frozenset({PersonId("anna")}))
    assert decide(_near(anna=0.6), 0.9, policy).status is Status.WANTED
    assert decide(_near(bek=0.6), 0.9, policy).status is Status.KNOWN


def test_pooling_weighs_good_shots_more_and_keeps_unit_length() -> None:
    shots = Templates(np.eye(3, dtype=np.float32)[:2], MODEL)
    pooled = pool(shots, np.array([0.8, 0.4], np.float32)).vectors[0]
    assert pooled == pytest.approx(np.array([4, 1, 0]) / np.sqrt(17), abs=1e-6)


def test_pooling_raises_the_similarity_of_noisy_shots_of_one_person() -> None:
    rng = np.random.default_rng(5)
    model = ModelIdentity("toy", "1", "0" * 64, "none", 128)
    person = rng.normal(size=128)
    person /= np.linalg.norm(person)
    noise = rng.normal(size=(6, 128)) / np.sqrt(128) * 1.5
    vectors = (person + noise) / np.linalg.norm(person + noise, axis=1, keepdims=True)
    pooled = pool(Templates(vectors.astype(np.float32), model), np.full(6, 0.5, np.float32))
    assert float(pooled.vectors[0] @ person) > float((vectors @ person).max()) + 0.1


@pytest.mark.parametrize(
    ("status", "score", "shots", "settled"),
    [
        (Status.KNOWN, 0.6, 3, True),
        (Status.KNOWN, 0.6, 2, False),
        (Status.KNOWN, 0.45, 6, False),
        (Status.UNKNOWN, 0.1, 3, True),
        (Status.UNKNOWN, 0.38, 6, False),
        (Status.AMBIGUOUS, 0.8, 6, False),
    ],
)
def test_what_is_beyond_doubt_needs_no_more_shots(status: Status, score: float, shots: int, settled: bool) -> None:
    assert is_settled(Decision(status, None, score, ()), shots, POLICY) is settled
