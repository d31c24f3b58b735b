"""Watch lists, as the API tells them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchListInfo:
    """A list of people who are treated alike.

    Attributes:
        id, name: of it.
        wanted: whoever stands on it is looked for.
        threshold: own least similarity; None: the engine's.
        colour: "#rrggbb", of their frame in pictures.
        priority: higher ones are shown first.
        people: how many stand on it.
        version: grows with each change.
    """

    id: str
    name: str
    wanted: bool
    threshold: float | None
    colour: str
    priority: int
    people: int
    version: int
