"""Times of the API: RFC 3339 in UTC outside, seconds since 1970 inside."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

_EARLIEST_UNIX_S, _LATEST_UNIX_S = -62_135_596_800.0, 253_402_300_799.0
"""The years 1 to 9999, which RFC 3339 can write."""


def _in_bounds(time: datetime) -> datetime:
    if not 0 <= time.timestamp() <= _LATEST_UNIX_S:
        raise ValueError("a time is between 1970 and 9999")
    return time


Time = Annotated[AwareDatetime, Field(description="RFC 3339, e.g. 2026-11-23T07:30:00Z.")]

GivenTime = Annotated[Time, AfterValidator(_in_bounds)]
"""A time that a client gives."""


def to_time(unix_s: float) -> datetime:
    """A time as the API tells it, to the millisecond."""
    bounded = min(max(unix_s, _EARLIEST_UNIX_S), _LATEST_UNIX_S)
    return datetime.fromtimestamp(round(bounded, 3), UTC)


def to_time_or_none(unix_s: float | None) -> datetime | None:
    """The same for a time that there may not be."""
    return None if unix_s is None else to_time(unix_s)


def to_unix_s(time: datetime | None) -> float | None:
    """A time as it is kept."""
    return None if time is None else time.timestamp()
