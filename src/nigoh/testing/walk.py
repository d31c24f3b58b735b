"""How people move through a simulated clip: values, and where a face is at any moment."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from nigoh.domain.sighting import PersonId


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where a face is at one moment.

    Attributes:
        t_s: seconds from the start of the clip.
        x_px, y_px: centre of the face in the picture; outside it while the person is not yet or no longer there.
        face_px: height of the face.
    """

    t_s: float
    x_px: float
    y_px: float
    face_px: float

    def __post_init__(self) -> None:
        if self.face_px <= 0:
            raise ValueError("a face has a height")


@dataclass(frozen=True, slots=True)
class Walk:
    """One person's way through the picture.

    Attributes:
        person: who walks.
        photo: which of the person's photos is seen, counted from 0; past the last it begins again.
        path: at least two waypoints, in time order. Between them the face moves along a smooth curve.
    """

    person: PersonId
    photo: int
    path: tuple[Waypoint, ...]

    def __post_init__(self) -> None:
        if len(self.path) < 2 or any(b.t_s <= a.t_s for a, b in pairwise(self.path)):
            raise ValueError(f"the path of {self.person} has at least two waypoints, each later than the one before")

    @property
    def enter_s(self) -> float:
        """When it begins."""
        return self.path[0].t_s

    @property
    def leave_s(self) -> float:
        """When it ends."""
        return self.path[-1].t_s

    def at(self, t_s: float) -> Waypoint | None:
        """Where the face is at a moment, None before and after. A cubic Hermite curve passes every waypoint."""
        if not self.enter_s <= t_s <= self.leave_s:
            return None
        times = [point.t_s for point in self.path]
        row = min(max(bisect_right(times, t_s) - 1, 0), len(times) - 2)
        x, y, face = (
            _hermite(times, [getattr(point, name) for point in self.path], row, t_s)
            for name in ("x_px", "y_px", "face_px")
        )
        return Waypoint(t_s, x, y, face)

    def velocity(self, t_s: float, step_s: float) -> tuple[float, float]:
        """Speed of the face in pixels a second, x and y, over the step that ends at a moment."""
        now, before = self.at(t_s), self.at(t_s - step_s)
        if now is None or before is None:
            return 0.0, 0.0
        return (now.x_px - before.x_px) / step_s, (now.y_px - before.y_px) / step_s


@dataclass(frozen=True, slots=True)
class ClipScript:
    """Everybody's way through one clip, in any order. Who is nearer to the camera has the larger face."""

    walks: tuple[Walk, ...]

    def present(self, t_s: float) -> list[tuple[Walk, Waypoint]]:
        """Who is on the way at a moment and where, the farthest first."""
        places = [(walk, place) for walk in self.walks if (place := walk.at(t_s)) is not None]
        return sorted(places, key=lambda item: item[1].face_px)


def _hermite(times: list[float], values: list[float], row: int, t_s: float) -> float:
    """The cubic between two knots whose slopes keep it between them (Fritsch and Butland, 1984)."""
    span = times[row + 1] - times[row]
    u = (t_s - times[row]) / span
    begin, end = _slope(times, values, row) * span, _slope(times, values, row + 1) * span
    a, b = values[row], values[row + 1]
    return float(
        a * (1 + 2 * u) * (1 - u) ** 2 + begin * u * (1 - u) ** 2 + b * u * u * (3 - 2 * u) + end * u * u * (u - 1)
    )


def _slope(times: list[float], values: list[float], row: int) -> float:
    last = len(times) - 1
    rates = [(values[k + 1] - values[k]) / (times[k + 1] - times[k]) for k in (row - 1, row) if 0 <= k < last]
    if len(rates) == 1:
        return rates[0]
    before, after = rates
    return 0.0 if before * after <= 0 else 2 * before * after / (before + after)
