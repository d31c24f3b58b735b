"""Open-set identification (1:N): how often a watch list misses its people, and names strangers. Pure.

The terms are those of ISO/IEC 19795-1 and of NIST's Face Recognition Technology Evaluation (NIST IR 8271):

    FPIR(T)   share of searches for people who are not enrolled that return somebody scoring T or more
    FNIR(T)   share of searches for enrolled people that do not return the right person first, scoring T or more

A probe without a detected face returns nobody: it is a miss when mated, and no false alarm when non-mated. A person
of whom no photo could be enrolled is missed by every mated probe. Intervals are 95 % percentile bootstrap, with
people and not photos resampled, because photos of one person succeed and fail together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nigoh.evaluation.thresholds import ENOUGH, Scores, threshold_for_false_rate

NOBODY = -np.inf
"""The score of a search that returned nobody, or not the right person first."""

LEAST_SIMILARITY = -1.0
"""A cosine similarity is never less, and so no threshold need be."""

FALSE_POSITIVE_RATES = (1e-1, 1e-2, 1e-3)
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True, eq=False)
class Searches:
    """What the searches of one test returned.

    Attributes:
        mated: (M,) float64: the right person's score where they came first, else NOBODY.
        mated_people: (M,) a number for the person of each mated probe.
        non_mated: (K,) float64: the first candidate's score, NOBODY where the face was not found.
        non_mated_people: (K,) a number for the person of each non-mated probe.
    """

    mated: Scores
    mated_people: NDArray[np.intp]
    non_mated: Scores
    non_mated_people: NDArray[np.intp]

    def __post_init__(self) -> None:
        if self.mated.shape != self.mated_people.shape or self.non_mated.shape != self.non_mated_people.shape:
            raise ValueError("each search has one score and one person")
        if not len(self.mated):
            raise ValueError("an identification test has at least one mated probe")


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MissRate:
    """FNIR where FPIR is at most a rate.

    Attributes:
        fpir: the rate allowed.
        fnir: measured, or None where `reason` says why it cannot be.
        threshold: at which, or None.
        interval: of `fnir`, or None.
        reason: why there is no figure, else "".
    """

    fpir: float
    fnir: float | None
    threshold: float | None
    interval: Interval | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ThresholdRates:
    """Both error rates at one threshold; FPIR is None without non-mated probes."""

    threshold: float
    fnir: float
    fnir_interval: Interval
    fpir: float | None
    fpir_interval: Interval | None


@dataclass(frozen=True, slots=True)
class IdentificationResult:
    """What was measured.

    Attributes:
        rank_1, rank_1_interval: share of mated probes whose person came first (closed set, no threshold).
        misses: FNIR at each of FALSE_POSITIVE_RATES.
        in_use: the rates at the threshold that a watch would use.
    """

    rank_1: float
    rank_1_interval: Interval
    misses: tuple[MissRate, ...]
    in_use: ThresholdRates


def measure_identification(
    searches: Searches, threshold: float, *, replicates: int = 1000, seed: int = 0
) -> IdentificationResult:
    """Measure what searches returned.

    Args:
        searches: of one test.
        threshold: that a watch would use.
        replicates: bootstrap samples, at least 1.
        seed: what they are drawn from.
    """
    chance = np.random.default_rng(seed)
    draws = [_draw(searches, chance) for _ in range(replicates)]
    ranked = searches.mated > NOBODY
    return IdentificationResult(
        rank_1=float(ranked.mean()),
        rank_1_interval=_interval([float(np.average(ranked, weights=mated)) for mated, _ in draws]),
        misses=tuple(_miss_rate(searches, fpir, draws) for fpir in FALSE_POSITIVE_RATES),
        in_use=_rates_at(searches, threshold, draws),
    )


def false_negative_rate(mated: Scores, threshold: float, weights: Scores | None = None) -> float:
    """FNIR at a threshold; `weights` (M,) says how often each search counts."""
    return float(np.average(mated < threshold, weights=weights))


def det_curve(searches: Searches) -> tuple[Scores, Scores]:
    """The measured points (FPIR, FNIR), FPIR falling by whole false alarms down to one.

    Each FNIR is that of the lowest threshold with so many false alarms; it holds from its FPIR up to the one before.
    """
    non_mated = np.sort(searches.non_mated[searches.non_mated > NOBODY])
    thresholds = np.append(LEAST_SIMILARITY, np.nextafter(np.unique(non_mated), np.inf)[:-1])
    alarms = len(non_mated) - np.searchsorted(non_mated, thresholds, side="left")
    misses = np.searchsorted(np.sort(searches.mated), thresholds, side="left")
    shown = alarms > 0
    return alarms[shown] / max(len(searches.non_mated), 1), misses[shown] / len(searches.mated)


def _miss_rate(searches: Searches, fpir: float, draws: list[tuple[Scores, Scores]]) -> MissRate:
    probes = len(searches.non_mated)
    if fpir * probes < 1 - ENOUGH:
        needed = round(1 / fpir)
        return MissRate(fpir, None, None, None, f"needs {needed} non-mated probes, there are {probes}")
    threshold = max(threshold_for_false_rate(searches.non_mated, fpir), LEAST_SIMILARITY)
    resampled = [
        false_negative_rate(searches.mated, threshold_for_false_rate(searches.non_mated, fpir, others), mated)
        for mated, others in draws
    ]
    return MissRate(fpir, false_negative_rate(searches.mated, threshold), threshold, _interval(resampled))


def _rates_at(searches: Searches, threshold: float, draws: list[tuple[Scores, Scores]]) -> ThresholdRates:
    missed, named = searches.mated < threshold, searches.non_mated >= threshold
    fnir_interval = _interval([float(np.average(missed, weights=mated)) for mated, _ in draws])
    if not len(named):
        return ThresholdRates(threshold, float(missed.mean()), fnir_interval, None, None)
    fpir_interval = _interval([float(np.average(named, weights=others)) for _, others in draws])
    return ThresholdRates(threshold, float(missed.mean()), fnir_interval, float(named.mean()), fpir_interval)


def _draw(searches: Searches, chance: np.random.Generator) -> tuple[Scores, Scores]:
    return _weights(searches.mated_people, chance), _weights(searches.non_mated_people, chance)


def _weights(people: NDArray[np.intp], chance: np.random.Generator) -> Scores:
    if not len(people):
        return np.empty(0)
    _, row = np.unique(people, return_inverse=True)
    count = int(row.max()) + 1
    drawn = np.bincount(chance.integers(count, size=count), minlength=count)
    return np.asarray(drawn[row], dtype=np.float64)


def _interval(values: list[float]) -> Interval:
    low, high = np.percentile(values, _INTERVAL)
    return Interval(float(low), float(high))
