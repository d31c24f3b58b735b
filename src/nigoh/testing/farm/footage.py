"""What the cameras of a farm send: clips of each scene, ready to be sent, and one of another size."""

from collections.abc import Mapping
from dataclasses import dataclass

from nigoh.testing.farm.coded_clip import CodedClip
from nigoh.testing.farm.schedule import ClipOutline, SceneOutline, Seen


@dataclass(frozen=True, slots=True)
class SceneFootage:
    """The clips of one scene.

    Attributes:
        empty: nobody appears in it.
        appearances: somebody appears in each.
        seen: who is seen in each of the appearances.
    """

    empty: CodedClip
    appearances: tuple[CodedClip, ...]
    seen: tuple[tuple[Seen, ...], ...]

    def __post_init__(self) -> None:
        if len(self.appearances) != len(self.seen):
            raise ValueError("for each appearance it is known who is seen")

    @property
    def outline(self) -> SceneOutline:
        """What the plan needs to know of it."""
        return SceneOutline(
            ClipOutline(self.empty.gops),
            tuple(ClipOutline(clip.gops, seen) for clip, seen in zip(self.appearances, self.seen, strict=True)),
        )

    def clip(self, number: int | None) -> CodedClip:
        """An appearance by its number, or the empty scene."""
        return self.empty if number is None else self.appearances[number]


@dataclass(frozen=True, slots=True)
class Footage:
    """All clips of a farm.

    Attributes:
        scenes: whether the scene is still, and its clips; all have one size and one encoding.
        other_size: what a camera sends whose pictures change their size.
    """

    scenes: Mapping[bool, SceneFootage]
    other_size: CodedClip

    @property
    def outlines(self) -> dict[bool, SceneOutline]:
        """What the plan needs to know of the scenes."""
        return {still: scene.outline for still, scene in self.scenes.items()}
