"""What really happens in a clip: who appears, when, and where in the picture."""

from dataclasses import dataclass
from itertools import pairwise

from nigoh.domain.sighting import Box, PersonId

VERSION = 1
"""The version of this description that this code writes and reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthBox:
    """Where a face is at one moment: t_s in seconds on the clip's clock, box in pixels of the clip."""

    t_s: float
    box: Box

    def __post_init__(self) -> None:
        left, top, right, bottom = self.box
        if not (left < right and top < bottom):
            raise ValueError(f"a box is x1 y1 x2 y2 with x1 < x2 and y1 < y2, not {self.box}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One person on the scene once, from entering to leaving. Who comes back appears twice.

    Attributes:
        person: who it is, by the name that a gallery would know.
        enter_s, leave_s: first and last moment with the face in the picture, seconds on the clip's clock.
        track: where the face is, in time order, at least one place; between two places it moves straight.
        enrolled_hint: whether whoever made the clip means the person to be enrolled; None says nothing.
    """

    person: PersonId
    enter_s: float
    leave_s: float
    track: tuple[TruthBox, ...]
    enrolled_hint: bool | None = None

    def __post_init__(self) -> None:
        if not self.person:
            raise ValueError("an appearance names its person")
        if self.leave_s < self.enter_s:
            raise ValueError(f"{self.person} leaves at {self.leave_s} s, before entering at {self.enter_s} s")
        times = [place.t_s for place in self.track]
        if not times or any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError(f"the track of {self.person} has at least one place, each later than the one before")

    def box_at(self, t_s: float, *, slack_s: float = 0.0) -> Box | None:
        """Where the face is at a moment, moved straight between the two places around it.

        Returns:
            The box, or None outside the track. Up to `slack_s` outside it the nearest end stands.
        """
        first, last = self.track[0], self.track[-1]
        if not first.t_s - slack_s <= t_s <= last.t_s + slack_s:
            return None
        after = next((row for row, place in enumerate(self.track) if place.t_s >= t_s), None)
        if after is None:
            return last.box
        if after == 0:
            return first.box
        left, right = self.track[after - 1], self.track[after]
        share = (t_s - left.t_s) / (right.t_s - left.t_s)
        x1, y1, x2, y2 = (a + share * (b - a) for a, b in zip(left.box, right.box, strict=True))
        return x1, y1, x2, y2


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Everything that appears in one clip.

    Attributes:
        clip: the clip's name, for reports.
        width, height: of its pictures, in pixels.
        fps: pictures a second.
        frames: how many pictures it has.
        appearances: who appears, in any order.
        version: of this description.
    """

    clip: str
    width: int
    height: int
    fps: float
    frames: int
    appearances: tuple[Appearance, ...]
    version: int = VERSION

    def __post_init__(self) -> None:
        if self.version != VERSION:
            raise ValueError(f"this nigoh reads truth of version {VERSION}, not {self.version}")
        if self.width < 1 or self.height < 1 or self.frames < 1 or not self.fps > 0:
            raise ValueError("a clip has a width, a height, pictures, and pictures a second")

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who appears, each once, in the order of the appearances."""
        return tuple(dict.fromkeys(appearance.person for appearance in self.appearances))
