"""When a camera is watched: hours of the week, in local time."""

import re
from dataclasses import dataclass

_DAY_MIN = 24 * 60
_WEEK_MIN = 7 * _DAY_MIN
_MOST_SHOWN = 40
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """From a minute of the day to another, on some days; past midnight if it ends before it begins.

    Attributes:
        days: numbers of the days on which it begins, Monday is 0.
        begin_min, end_min: minutes since midnight; [begin, end).
    """

    days: frozenset[int]
    begin_min: int
    end_min: int

    def __post_init__(self) -> None:
        if not self.days or not self.days <= set(range(7)):
            raise ValueError("hours have at least one day, Monday 0 to Sunday 6")
        if not (0 <= self.begin_min < _DAY_MIN and 0 < self.end_min <= _DAY_MIN) or self.begin_min == self.end_min:
            raise ValueError("hours begin at 00:00 to 23:59, end at 00:01 to 24:00, and do not end as they begin")

    def hold(self, minute_of_week: int) -> bool:
        """Whether a minute of the week, counted from Monday 00:00, is in them."""
        length = (self.end_min - self.begin_min) % _DAY_MIN or _DAY_MIN
        return any((minute_of_week - day * _DAY_MIN - self.begin_min) % _WEEK_MIN < length for day in self.days)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hours in which a camera is watched; without any, always."""

    hours: tuple[Hours, ...] = ()

    def is_on(self, minute_of_week: int) -> bool:
        """Whether it is watched in this minute of the week, local time, counted from Monday 00:00."""
        return not self.hours or any(each.hold(minute_of_week) for each in self.hours)


def parse_hours(text: str) -> Hours:
    """Hours as users write them: "mon-fri 08:00-18:00", "sat,sun 22:00-06:00", "08:00-18:00" (each day).

    Raises:
        ValueError: says what is wrong.
    """
    words = text.lower().split()
    begin, dash, end = words[-1].partition("-") if 1 <= len(words) <= 2 else ("", "", "")
    if not dash:
        raise ValueError(f"{_shown(text)} is no schedule: write, for example, mon-fri 08:00-18:00")
    days = _parse_days(words[0]) if len(words) == 2 else frozenset(range(7))
    return Hours(days, _parse_minute(begin), _parse_minute(end))


def format_hours(hours: Hours) -> str:
    """Hours as users write them, so that `parse_hours` reads the same."""
    days = sorted(hours.days)
    times = f"{hours.begin_min // 60:02}:{hours.begin_min % 60:02}-{hours.end_min // 60:02}:{hours.end_min % 60:02}"
    if len(days) == len(DAYS):
        return times
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = (DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs)
    return f"{','.join(names)} {times}"


def _parse_days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise ValueError(f"{_shown(part)} is no day: write {', '.join(DAYS)}, or mon-fri")
        begin = DAYS.index(first)
        count = (DAYS.index(last) - begin) % 7 + 1 if dash else 1
        days.update((begin + step) % 7 for step in range(count))
    return frozenset(days)


def _parse_minute(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text)
    value = int(found[1]) * 60 + int(found[2]) if found else 0
    if not found or int(found[2]) > 59 or value > _DAY_MIN:
        raise ValueError(f"{_shown(text)} is no time of day: write, for example, 08:00")
    return value


def _shown(text: str) -> str:
    return f"'{text[:_MOST_SHOWN]}'"
