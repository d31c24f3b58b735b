"""Timestamps that are missing, repeated or wrong become a clock that only goes forward."""

from itertools import pairwise

import pytest

from nigoh.video.timeline import Timeline

Stamps = list[float | None]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([], []),
        ([0.0, 0.1, 0.2], [0.0, 0.1, 0.2]),
        ([0.0, 0.1, 5.0, 5.1], [0.0, 0.1, 5.0, 5.1]),  # a recorder's gap is real
        ([None, None, None], [0.0, 0.1, 0.2]),
        ([0.0, None, 0.2], [0.0, 0.1, 0.2]),
        ([-0.2, 0.0, 0.1], [0.0, 0.001, 0.1]),
        ([0.0, 0.2, 0.1, 0.3], [0.0, 0.2, 0.201, 0.3]),  # one wrong timestamp
        ([0.0, 0.1, 0.1, 0.2], [0.0, 0.1, 0.101, 0.2]),
        ([9.0, 9.1, 0.0, 0.1], [9.0, 9.1, 9.2, 9.3]),  # the camera has started its clock again
    ],
)
def test_places(stamps: Stamps, expected: list[float]) -> None:
    timeline = Timeline(fps=10)
    assert [timeline.place(stamp) for stamp in stamps] == pytest.approx(expected)


def test_a_timestamp_far_behind_the_end_is_not_believed() -> None:
    timeline = Timeline(fps=10, length_s=2.0)
    assert [timeline.place(stamp) for stamp in (0.0, 9000.0, 0.2)] == pytest.approx([0.0, 0.1, 0.2])


def test_time_only_goes_forward() -> None:
    timeline = Timeline(fps=0)
    stamps: Stamps = [3, None, 2.9, 2.9, 2.9, None, 0.1, 7, 7, -50, None, 2e9, 1]
    times = [timeline.place(stamp) for stamp in stamps]
    assert all(before < after for before, after in pairwise(times))
    assert timeline.end_s > times[-1]
