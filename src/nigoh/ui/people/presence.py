"""Where somebody was when: sightings as dots, a row a camera, time from left to right. Values and arithmetic only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nigoh.ui.client.sightings import SightingInfo

_LEAST = timedelta(minutes=10)
_STEPS = tuple(
    timedelta(seconds=each)
    for each in (
        60,
        300,
        900,
        1800,
        3600,
        7200,
        10800,
        21600,
        43200,
        86400,
        172800,
        604800,
        1209600,
        2592000,
        7776000,
    )
)
"""Between two marks of the time: a minute to three months."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time, from its beginning to its end."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.until - self.since

    def share(self, moment: datetime) -> float:
        """Where a moment lies in it: 0 at the beginning, 1 at the end; those outside are at its edges."""
        return min(max((moment - self.since) / self.length, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Dot:
    """A sighting in the plot: its row, where from the left (0 to 1), and which it is."""

    row: int
    share: float
    sighting: SightingInfo


@dataclass(frozen=True, slots=True)
class Presence:
    """The plot.

    Attributes:
        span: what it shows.
        cameras: its rows, those with the most sightings first.
        dots: the sightings on them.
    """

    span: Span
    cameras: tuple[str, ...]
    dots: tuple[Dot, ...]


def span_of(sightings: Sequence[SightingInfo], now: datetime, length: timedelta | None) -> Span:
    """The last `length` of time; None: from the first of the sightings until now."""
    first = min((each.first_at for each in sightings), default=now)
    length = length or max(now - first, _LEAST)
    return Span(now - length, now)


def presence(sightings: Iterable[SightingInfo], span: Span, most_cameras: int) -> Presence:
    """The plot of these sightings; cameras beyond `most_cameras` are left out."""
    found = list(sightings)
    counted = Counter(each.camera for each in found)
    rows = tuple(sorted(counted, key=lambda camera: (-counted[camera], camera))[:most_cameras])
    dots = (Dot(rows.index(each.camera), span.share(each.first_at), each) for each in found if each.camera in rows)
    return Presence(span, rows, tuple(dots))


def marks(span: Span, most: int) -> list[datetime]:
    """Moments to be marked below the plot, evenly, at most so many; on whole steps of local time."""
    step = next((each for each in _STEPS if span.length / each <= most), span.length / most)
    midnight = span.since.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    begin = midnight + -(-(span.since - midnight) // step) * step
    count = int((span.until - begin) / step) + 1
    return [begin + step * number for number in range(max(count, 0))]


def nearest(dots: Sequence[Dot], row: int, share: float, reach: float) -> Dot | None:
    """The dot of a row next to a place, not farther away than `reach`."""
    near = [each for each in dots if each.row == row and abs(each.share - share) <= reach]
    return min(near, key=lambda each: abs(each.share - share), default=None)
