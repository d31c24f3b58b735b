"""When a camera is watched: hours of the week as users write them."""

import pytest

from nigoh.domain.schedule import DAYS, Hours, Schedule, format_hours, parse_hours


def minute(day: str, hour: int, minutes: int = 0) -> int:
    return (DAYS.index(day) * 24 + hour) * 60 + minutes


def watched(*texts: str) -> set[int]:
    schedule = Schedule(tuple(parse_hours(text) for text in texts))
    return {at for at in range(7 * 24 * 60) if schedule.is_on(at)}


def test_without_hours_it_is_always_watched() -> None:
    assert len(watched()) == 7 * 24 * 60


def test_hours_hold_from_their_first_minute_to_before_their_end_on_their_days() -> None:
    on = watched("mon-fri 08:00-18:00")
    assert len(on) == 5 * 10 * 60
    assert {minute("mon", 8), minute("fri", 17, 59)} <= on
    assert not {minute("mon", 7, 59), minute("mon", 18), minute("sat", 12), minute("sun", 12)} & on


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin() -> None:
    on = watched("sun 22:00-06:00")
    assert len(on) == 8 * 60
    assert {minute("sun", 22), minute("sun", 23, 59), minute("mon", 0), minute("mon", 5, 59)} <= on
    assert not {minute("sun", 21, 59), minute("mon", 6), minute("sun", 3), minute("tue", 1)} & on


@pytest.mark.parametrize(
    ("text", "days", "begin_min", "end_min"),
    [
        ("08:00-18:00", "mon tue wed thu fri sat sun", 480, 1080),
        ("00:00-24:00", "mon tue wed thu fri sat sun", 0, 1440),
        ("sat,sun 8:30-09:05", "sat sun", 510, 545),
        ("SAT-Mon  23:59-00:01", "sat sun mon", 1439, 1),
        ("tue-tue 00:00-00:01", "tue", 0, 1),
        ("mon,wed-thu,thu 01:00-02:00", "mon wed thu", 60, 120),
        ("tue-mon 01:00-02:00", "mon tue wed thu fri sat sun", 60, 120),
    ],
)
def test_hours_are_read_and_written_as_people_do(text: str, days: str, begin_min: int, end_min: int) -> None:
    hours = Hours(frozenset(DAYS.index(day) for day in days.split()), begin_min, end_min)
    assert parse_hours(text) == hours
    assert parse_hours(format_hours(hours)) == hours


def test_a_whole_day_is_all_of_it_and_two_schedules_are_either() -> None:
    assert len(watched("00:00-24:00")) == 7 * 24 * 60
    assert len(watched("wed 00:00-24:00", "wed 10:00-11:00", "thu 10:00-11:00")) == 25 * 60


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is no schedule"),
        ("always", "is no schedule"),
        ("mon 08:00", "is no schedule"),
        ("mon tue 08:00-18:00", "is no schedule"),
        ("monday 08:00-18:00", "'monday' is no day"),
        ("mon- 08:00-18:00", "'mon-' is no day"),
        ("mon, 08:00-18:00", "'' is no day"),
        ("mon-tue-wed 08:00-18:00", "is no day"),
        ("8-18", "'8' is no time of day"),
        ("08:60-18:00", "'08:60' is no time of day"),
        ("08:00-24:01", "'24:01' is no time of day"),
        ("08:00-18:0", "'18:0' is no time of day"),
        ("-08:00-18:00", "'' is no time of day"),
        ("٠٨:٠٠-18:00", "is no time of day"),
        ("24:00-08:00", "begin at 00:00 to 23:59"),
        ("08:00-00:00", "end at 00:01 to 24:00"),
        ("08:00-08:00", "do not end as they begin"),
        ("08:00-" + "9" * 5000 + ":00", r"'9{40}' is no time of day"),
    ],
)
def test_what_is_no_schedule_is_refused_with_the_part_that_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_hours(text)


@pytest.mark.parametrize("days", [frozenset(), frozenset({7}), frozenset({-1, 0})])
def test_hours_have_days_of_the_week(days: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        Hours(days, 0, 60)
