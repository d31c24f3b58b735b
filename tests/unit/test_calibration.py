"""The threshold follows from the false alarms that a user accepts and from how many people are enrolled."""

import math

import pytest

from nigoh.domain.operating_point import OperatingPoint
from nigoh.identity.calibration import false_match_rate_for, threshold_for

SFACE = [OperatingPoint(1e-3, 0.358), OperatingPoint(1e-4, 0.415), OperatingPoint(1e-5, 0.465)]


@pytest.mark.parametrize(
    ("false_match_rate", "similarity"),
    [(1e-3, 0.358), (1e-4, 0.415), (1e-5, 0.465), (1e-2, 0.358), (1e-9, 0.465), (10**-3.5, 0.3865), (10**-4.5, 0.44)],
)
def test_thresholds_lie_between_the_measured_points_and_never_beyond(
    false_match_rate: float, similarity: float
) -> None:
    assert threshold_for(false_match_rate, SFACE) == pytest.approx(similarity)
    assert threshold_for(false_match_rate, SFACE[::-1]) == pytest.approx(similarity)


@pytest.mark.parametrize("templates", [1, 10, 1000, 1_000_000])
def test_the_chance_that_a_stranger_is_named_does_not_grow_with_the_gallery(templates: int) -> None:
    rate = false_match_rate_for(0.01, templates)
    assert -math.expm1(templates * math.log1p(-rate)) == pytest.approx(0.01)


def test_an_empty_gallery_needs_no_special_case() -> None:
    assert false_match_rate_for(0.01, 0) == pytest.approx(0.01)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_an_impossible_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share between 0 and 1"):
        false_match_rate_for(share, 10)


def test_a_model_without_measurements_has_no_threshold() -> None:
    with pytest.raises(ValueError, match="measured point"):
        threshold_for(1e-3, [])
