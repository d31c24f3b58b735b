"""Thresholds from scores. Everywhere here a comparison is accepted when its score is at least the threshold."""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]

ENOUGH = 1e-9
"""Slack in counts: 0.001 x 3000 is 3, whatever floating point makes of it."""


def threshold_for_false_rate(non_mated: Scores, rate: float, weights: Scores | None = None) -> float:
    """The lowest threshold at which at most this share of the non-mated scores is accepted.

    Nothing is interpolated or extrapolated: with N scores and rate x N < 1 no score at all is accepted.

    Args:
        non_mated: (N,) scores, N >= 1.
        rate: the largest share, in [0, 1).
        weights: (N,) how often each score counts, not all 0; None is once.
    """
    order = np.argsort(-non_mated, kind="stable")
    scores = non_mated[order]
    counts = np.ones(len(scores)) if weights is None else weights[order]
    accepted = np.cumsum(counts)
    first_too_many = int(np.argmax(accepted > rate * accepted[-1] + ENOUGH))
    return float(np.nextafter(scores[first_too_many], np.inf))


def share_at_least(scores: Scores, threshold: float) -> float:
    """The share of scores that are accepted; 0 of none."""
    return float(np.mean(scores >= threshold)) if len(scores) else 0.0


def most_accurate_threshold(scores: Scores, mated: Labels) -> float:
    """The threshold that decides most pairs rightly.

    Candidates lie midway between neighbouring scores. Of several equally good ones the median counts, so that the
    choice does not hang on one side of a gap.

    Args:
        scores: (N,), N >= 1.
        mated: (N,) which of them belong to one person.
    """
    distinct = np.unique(scores)
    candidates = np.concatenate(
        [distinct[:1], (distinct[:-1] + distinct[1:]) / 2, [np.nextafter(distinct[-1], np.inf)]]
    )
    misses = np.searchsorted(np.sort(scores[mated]), candidates, side="left")
    false_accepts = np.count_nonzero(~mated) - np.searchsorted(np.sort(scores[~mated]), candidates, side="left")
    wrong = misses + false_accepts
    best = np.flatnonzero(wrong == wrong.min())
    return float(candidates[best[(len(best) - 1) // 2]])


def equal_error_rate(scores: Scores, mated: Labels) -> float:
    """Where the false accept and false reject rates meet: their mean at the threshold where they differ least.

    Args:
        scores: (N,) with at least one mated and one non-mated.
        mated: (N,).
    """
    candidates = np.append(np.unique(scores), np.inf)
    reject = np.searchsorted(np.sort(scores[mated]), candidates, side="left") / np.count_nonzero(mated)
    accept = 1 - np.searchsorted(np.sort(scores[~mated]), candidates, side="left") / np.count_nonzero(~mated)
    nearest = int(np.argmin(np.abs(reject - accept)))
    return float((reject[nearest] + accept[nearest]) / 2)
