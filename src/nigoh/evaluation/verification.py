"""Verification (1:1): how often pairs of photos are rightly called one person or two. Pure.

Accuracy follows the protocol of Huang et al., "Labeled Faces in the Wild" (2007): with several folds, each is decided
by the threshold that is most accurate on all the others, and the error is the standard error over folds. Rates are
those of ISO/IEC 19795-1. A pair with an undetected face scores UNDETECTED: it is called two people, whatever the
threshold, and so counts as an error when it is mated.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nigoh.evaluation.thresholds import (
    ENOUGH,
    Labels,
    Scores,
    equal_error_rate,
    most_accurate_threshold,
    share_at_least,
    threshold_for_false_rate,
)

UNDETECTED = -1.0
"""The score of a pair of which a face was not found: the least that a cosine similarity can be."""

FALSE_ACCEPT_RATES = (1e-2, 1e-3)


@dataclass(frozen=True, slots=True)
class TrueAcceptRate:
    """The share of mated pairs accepted at a false accept rate.

    Attributes:
        far: the false accept rate allowed, in (0, 1).
        tar: the share of mated pairs accepted, or None without non-mated pairs.
        threshold: at which both were measured, or None.
        exact: False if so few non-mated pairs were given that the rate allows not one false accept; `tar` is then
            the share accepted with none, which is measured but stricter than asked.
    """

    far: float
    tar: float | None
    threshold: float | None
    exact: bool


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What was measured on scored pairs.

    Attributes:
        accuracy: share of pairs decided rightly; the mean over folds.
        accuracy_se: its standard error: over folds, or binomial for one fold.
        threshold: what the pairs were decided by; the mean over folds where each had its own.
        eer: equal error rate, or None unless there are mated and non-mated pairs.
        tars: true accept rates, one for each of FALSE_ACCEPT_RATES.
        wrong: rows decided wrongly, worst first.
    """

    accuracy: float
    accuracy_se: float
    threshold: float
    eer: float | None
    tars: tuple[TrueAcceptRate, ...]
    wrong: tuple[int, ...]


def measure_verification(
    scores: Scores, mated: Labels, fold_of: NDArray[np.intp], threshold: float | None
) -> VerificationResult:
    """Measure scored pairs.

    Args:
        scores: (N,) cosine similarities, N >= 1; UNDETECTED where a face was not found.
        mated: (N,) which pairs show one person.
        fold_of: (N,) fold numbers from 0.
        threshold: decides every pair; None chooses one for each fold on the others, which takes two folds or more.
    """
    folds = int(fold_of.max()) + 1
    if threshold is None and folds < 2:
        raise ValueError("one fold cannot choose its own threshold")
    decided_by = np.full(len(scores), threshold if threshold is not None else math.nan)
    if threshold is None:
        for fold in range(folds):
            here = fold_of == fold
            decided_by[here] = most_accurate_threshold(scores[~here], mated[~here])
    margin = np.where(mated, scores - decided_by, decided_by - scores)
    right = np.where(mated, margin >= 0, margin > 0)
    accuracy, accuracy_se = _mean_and_error(right, fold_of, folds)
    both = 0 < np.count_nonzero(mated) < len(mated)
    return VerificationResult(
        accuracy=accuracy,
        accuracy_se=accuracy_se,
        threshold=float(decided_by.mean()),
        eer=equal_error_rate(scores, mated) if both else None,
        tars=tuple(_true_accept_rate(scores, mated, far) for far in FALSE_ACCEPT_RATES),
        wrong=tuple(int(row) for row in np.argsort(margin, kind="stable") if not right[row]),
    )


def _mean_and_error(right: Labels, fold_of: NDArray[np.intp], folds: int) -> tuple[float, float]:
    if folds == 1:
        share = float(right.mean())
        return share, math.sqrt(share * (1 - share) / len(right))
    shares = np.array([right[fold_of == fold].mean() for fold in range(folds)])
    return float(shares.mean()), float(shares.std(ddof=1) / math.sqrt(folds))


def _true_accept_rate(scores: Scores, mated: Labels, far: float) -> TrueAcceptRate:
    non_mated = scores[~mated]
    if not len(non_mated) or mated.sum() == 0:
        return TrueAcceptRate(far, None, None, exact=False)
    threshold = max(threshold_for_false_rate(non_mated, far), float(np.nextafter(UNDETECTED, 1)))
    return TrueAcceptRate(
        far, share_at_least(scores[mated], threshold), threshold, exact=far * len(non_mated) >= 1 - ENOUGH
    )
