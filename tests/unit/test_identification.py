"""Open-set identification, on searches whose answers can be worked out by hand."""

from pathlib import Path

import numpy as np
import pytest

from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError
from nigoh.evaluation.identification import NOBODY, Searches, det_curve, measure_identification
from nigoh.evaluation.identification_sets import People, probe_gallery, split_people


def searches(mated: list[float], non_mated: list[float]) -> Searches:
    return Searches(
        mated=np.array(mated),
        mated_people=np.arange(len(mated)),
        non_mated=np.array(non_mated),
        non_mated_people=np.arange(len(non_mated)),
    )


def people(**counts: int) -> People:
    return {
        PersonId(name): tuple(Path(name) / f"{number}.jpg" for number in range(count))
        for name, count in counts.items()
    }


def test_fnir_counts_enrolled_people_below_the_threshold_of_the_allowed_false_alarms() -> None:
    # 20 strangers at FPIR 0.1 allow two alarms (0.9, 0.8); the threshold lies just above 0.5.
    result = measure_identification(
        searches([0.95, 0.6, 0.5, 0.3], [0.9, 0.8, 0.5, *([0.1] * 17)]), 0.5, replicates=10
    )
    rate = result.misses[0]

    assert rate.fpir == 0.1
    assert rate.fnir == 0.5
    assert rate.threshold == pytest.approx(0.5)


def test_a_rate_that_needs_more_strangers_has_no_figure_and_says_why() -> None:
    result = measure_identification(searches([0.9, 0.8], [0.1] * 120), 0.5, replicates=10)
    by_rate = {rate.fpir: rate for rate in result.misses}

    assert by_rate[1e-2].fnir == 0
    assert by_rate[1e-3].fnir is None
    assert by_rate[1e-3].interval is None
    assert by_rate[1e-3].reason == "needs 1000 non-mated probes, there are 120"


def test_without_strangers_only_rank_1_is_measured() -> None:
    result = measure_identification(searches([0.9, NOBODY], []), 0.5, replicates=10)

    assert result.rank_1 == 0.5
    assert [rate.fnir for rate in result.misses] == [None, None, None]


def test_a_wrong_person_in_front_and_a_face_not_found_are_misses_at_any_threshold() -> None:
    result = measure_identification(searches([0.9, NOBODY, NOBODY], [NOBODY] * 10), 0.5, replicates=10)

    assert result.misses[0].fnir == pytest.approx(2 / 3)
    assert result.misses[0].threshold == -1


def test_intervals_hold_the_figure_and_narrow_with_more_people() -> None:
    def width(count: int) -> float:
        result = measure_identification(searches([0.9, 0.9, 0.9, 0.1] * count, [0.5] * 100), 0.5, replicates=400)
        rate = result.misses[0]
        assert rate.fnir is not None
        assert rate.interval is not None
        assert rate.interval.low <= rate.fnir <= rate.interval.high
        return rate.interval.high - rate.interval.low

    assert width(50) < width(5) / 2


def test_photos_of_one_person_count_as_one_draw() -> None:
    scores = np.array([0.9] * 50 + [0.1] * 50)
    strangers = np.full(20, 0.5)

    def width(mated_people: list[int]) -> float:
        interval = (
            measure_identification(
                Searches(scores, np.array(mated_people), strangers, np.arange(20)),
                0.5,
                replicates=400,
            )
            .misses[0]
            .interval
        )
        assert interval is not None
        return interval.high - interval.low

    # Two people of fifty photos each say far less than a hundred people of one.
    assert width([0] * 50 + [1] * 50) > 3 * width(list(range(100)))


def test_the_threshold_in_use_has_both_rates() -> None:
    rates = measure_identification(
        searches([0.9, 0.5, 0.4, NOBODY], [0.5, 0.49, 0.1, NOBODY]), 0.5, replicates=50
    ).in_use

    assert (rates.fnir, rates.fpir) == (0.5, 0.25)
    assert rates.fpir_interval is not None
    assert rates.fpir_interval.low <= 0.25 <= rates.fpir_interval.high
    assert measure_identification(searches([0.9], []), 0.5, replicates=10).in_use.fpir is None


def test_the_same_seed_gives_the_same_intervals() -> None:
    found = searches([0.9, 0.2, 0.8, 0.1], [0.5, 0.3] * 10)

    assert measure_identification(found, 0.5, replicates=50, seed=3) == measure_identification(
        found, 0.5, replicates=50, seed=3
    )


def test_the_det_curve_holds_only_measured_points() -> None:
    fpir, fnir = det_curve(searches([0.9, 0.6, 0.2], [0.8, 0.5, 0.5, NOBODY]))

    assert fpir.tolist() == [0.75, 0.25]
    assert fnir.tolist() == [0, pytest.approx(1 / 3)]


def test_the_det_curve_runs_through_the_figures_of_the_table() -> None:
    found = searches([0.9, 0.7, 0.6, 0.4, 0.2], [0.65, 0.55, *([0.1] * 8), 0.3, 0.05, *([0.0] * 8)])
    rate = measure_identification(found, 0.5, replicates=10).misses[0]
    fpir, fnir = det_curve(found)

    assert rate.fnir == fnir[fpir == 0.1]


def test_without_false_alarms_the_det_curve_is_empty() -> None:
    assert [len(values) for values in det_curve(searches([0.9], [NOBODY]))] == [0, 0]
    assert [len(values) for values in det_curve(searches([0.9], []))] == [0, 0]


def test_probes_of_enrolled_people_are_mated_and_the_others_are_not() -> None:
    test = probe_gallery(people(anna=1, bob=1), people(anna=2, cleo=1))

    assert [probe.person for probe in test.mated] == ["anna", "anna"]
    assert [probe.person for probe in test.non_mated] == ["cleo"]


def test_a_split_enrols_whoever_has_photos_to_spare_and_uses_every_photo_once() -> None:
    everybody = people(anna=3, bob=2, cleo=1, dora=1)
    test = split_people(everybody, 1, enrolled_share=1.0, seed=0)

    assert sorted(test.gallery) == ["anna", "bob"]
    assert all(len(photos) == 1 for photos in test.gallery.values())
    assert len(test.mated) == 3
    assert [probe.person for probe in test.non_mated] == ["cleo", "dora"]
    assert len(test.photos) == 7


def test_a_split_depends_on_its_seed_alone() -> None:
    everybody = people(**{f"person{number}": 4 for number in range(20)})
    first = split_people(everybody, 2, enrolled_share=0.5, seed=1)
    reordered = dict(reversed(list(everybody.items())))

    assert split_people(reordered, 2, enrolled_share=0.5, seed=1) == first
    assert split_people(everybody, 2, enrolled_share=0.5, seed=2) != first
    assert len(first.gallery) == 10
    assert len(first.non_mated) == 40


@pytest.mark.parametrize(("photos_each", "said"), [(1, "everybody would be enrolled"), (2, "nobody has more than 2")])
def test_a_split_without_strangers_or_without_enrolled_people_is_refused(photos_each: int, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        split_people(people(anna=2, bob=2), photos_each, enrolled_share=1.0, seed=0)
