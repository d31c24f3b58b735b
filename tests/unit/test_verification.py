"""Verification figures, on scores whose answers can be worked out by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nigoh.evaluation.thresholds import (
    Labels,
    Scores,
    equal_error_rate,
    most_accurate_threshold,
    threshold_for_false_rate,
)
from nigoh.evaluation.verification import UNDETECTED, VerificationResult, measure_verification


def scored(mated: list[float], non_mated: list[float]) -> tuple[Scores, Labels]:
    return np.array(mated + non_mated), np.array([True] * len(mated) + [False] * len(non_mated))


def one_fold(scores: Scores) -> NDArray[np.intp]:
    return np.zeros(len(scores), dtype=np.intp)


def measure(mated: list[float], non_mated: list[float], threshold: float) -> VerificationResult:
    scores, labels = scored(mated, non_mated)
    return measure_verification(scores, labels, one_fold(scores), threshold)


def test_accuracy_counts_both_kinds_of_error_and_names_the_worst_first() -> None:
    result = measure([0.9, 0.5, 0.29, 0.8], [0.1, 0.7, 0.2, 0.0], threshold=0.4)

    assert result.accuracy == pytest.approx(6 / 8)
    assert result.wrong == (5, 2)
    assert result.accuracy_se == pytest.approx(np.sqrt(0.75 * 0.25 / 8))


def test_a_score_at_the_threshold_is_accepted() -> None:
    assert measure([0.4], [0.39], threshold=0.4).accuracy == 1
    assert measure([0.41], [0.4], threshold=0.4).wrong == (1,)


def test_each_fold_is_decided_by_the_others() -> None:
    # Fold 0 parts at 0.5, fold 1 at 0.7: each is judged by the other's threshold, never by its own.
    scores = np.array([0.6, 0.4, 0.8, 0.6])
    mated = np.array([True, False, True, False])
    result = measure_verification(scores, mated, np.array([0, 0, 1, 1]), None)

    assert result.threshold == pytest.approx((0.7 + 0.5) / 2)
    assert result.wrong == (0, 3)
    assert result.accuracy == 0.5
    assert result.accuracy_se == 0


def test_the_error_over_folds_is_the_standard_error_of_their_accuracies() -> None:
    scores = np.array([0.9, 0.1, 0.9, 0.1, 0.9, 0.8])
    mated = np.array([True, False] * 3)
    result = measure_verification(scores, mated, np.array([0, 0, 1, 1, 2, 2]), None)

    folds = np.array([1, 1, 0.5])
    assert result.accuracy == pytest.approx(folds.mean())
    assert result.accuracy_se == pytest.approx(folds.std(ddof=1) / np.sqrt(3))


def test_one_fold_never_chooses_its_own_threshold() -> None:
    scores, mated = scored([0.9], [0.1])
    with pytest.raises(ValueError, match="own threshold"):
        measure_verification(scores, mated, one_fold(scores), None)


def test_an_undetected_face_makes_a_mated_pair_wrong_at_any_threshold_and_at_any_rate() -> None:
    result = measure([UNDETECTED, 0.9], [UNDETECTED] * 100, threshold=-0.99)

    assert result.wrong == (0,)
    assert [rate.tar for rate in result.tars] == [0.5, 0.5]


def test_tar_allows_exactly_the_false_accepts_of_its_rate() -> None:
    # 200 non-mated pairs at FAR 1e-2 allow two: 0.9 and 0.8 pass, 0.7 may not.
    result = measure([0.95, 0.75, 0.7, 0.6], [0.9, 0.8, 0.7, *([0.0] * 197)], threshold=0.5)
    rate = result.tars[0]

    assert rate.far == 1e-2
    assert rate.tar == 0.5
    assert rate.exact
    assert rate.threshold == pytest.approx(0.7)


def test_a_rate_finer_than_the_pairs_is_measured_with_no_false_accept_and_says_so() -> None:
    rate = measure([0.95, 0.85], [0.9, *([0.0] * 499)], threshold=0.5).tars[1]

    assert rate.tar == 0.5
    assert not rate.exact


def test_rates_are_absent_without_both_kinds_of_pairs() -> None:
    result = measure([0.9], [], threshold=0.5)

    assert result.eer is None
    assert [rate.tar for rate in result.tars] == [None, None]


@pytest.mark.parametrize("count", [100, 300, 1000, 3000])
def test_floating_point_never_costs_an_allowed_false_accept(count: int) -> None:
    non_mated = np.linspace(0, 1, count)
    for rate in (0.1, 0.01, 0.001):
        threshold = threshold_for_false_rate(non_mated, rate)
        assert np.count_nonzero(non_mated >= threshold) == count * round(rate * 1000) // 1000


def test_tied_non_mated_scores_are_accepted_together_or_not_at_all() -> None:
    assert threshold_for_false_rate(np.array([0.5, 0.5, 0.1, 0.1]), 0.25) > 0.5


def test_weights_count_like_repeated_scores() -> None:
    scores = np.array([0.9, 0.5, 0.1])
    weights = np.array([2.0, 0.0, 8.0])

    assert threshold_for_false_rate(scores, 0.2, weights) == threshold_for_false_rate(
        np.array([0.9] * 2 + [0.1] * 8), 0.2
    )


@pytest.mark.parametrize(
    ("mated", "non_mated", "low", "high"),
    [
        ([0.6, 0.9], [0.2, 0.4], 0.4, 0.6),  # a gap: its middle
        ([0.1, 0.9], [0.2, 0.4], 0.4, 0.9),  # one lost mated pair
        ([0.5], [0.5, 0.5], 0.5000001, 1.0),  # ties go to the larger kind
        ([0.5, 0.5], [], -1.0, 0.5),  # only mated: accept all
        ([], [0.3, 0.5], 0.5000001, 1.0),  # only non-mated: accept none
    ],
)
def test_the_most_accurate_threshold_lies_where_fewest_pairs_are_wrong(
    mated: list[float], non_mated: list[float], low: float, high: float
) -> None:
    threshold = most_accurate_threshold(*scored(mated, non_mated))

    if low == 0.5000001:
        assert threshold > 0.5
    else:
        assert low <= threshold <= high


def test_the_equal_error_rate_is_where_the_two_errors_meet() -> None:
    assert equal_error_rate(*scored([0.9, 0.8, 0.7, 0.2], [0.1, 0.15, 0.3, 0.05])) == pytest.approx(0.25)
    assert equal_error_rate(*scored([0.9, 0.8], [0.1, 0.2])) == 0
