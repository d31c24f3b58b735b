"""Watch lists as JSON."""

from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from nigoh.domain.people import WatchList
from nigoh.server.models.texts import Name
from nigoh.server.times import Time, to_time

_STRICT = ConfigDict(extra="forbid")


class WatchListIn(BaseModel):
    """A list of people who are treated alike."""

    model_config = _STRICT

    name: Name
    wanted: bool = Field(default=False, description="Whoever stands on it is looked for.")
    threshold: Annotated[float | None, Field(gt=0, lt=1, description="Own least similarity; null: the engine's.")] = (
        None
    )
    colour: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$", description="Of their frame in pictures.")] = "#2e7d32"
    priority: Annotated[int, Field(ge=-1000, le=1000, description="Higher ones are shown first.")] = 0

    def added(self) -> WatchList:
        """A new list, which the office gives an identifier and times."""
        return WatchList(
            id="",
            name=self.name,
            wanted=self.wanted,
            threshold=self.threshold,
            colour=self.colour,
            priority=self.priority,
        )


class WatchListChange(WatchListIn):
    """What is to be changed of a list; what is left out stays."""

    name: Name = ""

    def applied_to(self, watch_list: WatchList) -> WatchList:
        """A list as it is to be."""
        return replace(watch_list, **{field: getattr(self, field) for field in self.model_fields_set})


class WatchListModel(BaseModel):
    """A watch list."""

    id: str
    name: str
    wanted: bool
    threshold: float | None
    colour: str
    priority: int
    people: int = Field(description="How many stand on it.")
    created_at: Time
    updated_at: Time
    version: int


def watch_list_model(watch_list: WatchList, people: int) -> WatchListModel:
    """A list as it is told."""
    return WatchListModel(
        id=watch_list.id,
        name=watch_list.name,
        wanted=watch_list.wanted,
        threshold=watch_list.threshold,
        colour=watch_list.colour,
        priority=watch_list.priority,
        people=people,
        created_at=to_time(watch_list.created_unix_s),
        updated_at=to_time(watch_list.updated_unix_s),
        version=watch_list.version,
    )
