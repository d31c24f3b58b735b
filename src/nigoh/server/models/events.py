"""Events as JSON."""

import json
from typing import Any

from pydantic import BaseModel, Field

from nigoh.domain.records import Event, EventKind
from nigoh.server.times import Time, to_time


class EventModel(BaseModel):
    """Something that happened."""

    number: int = Field(description="Grows with each event: give the last one that you have as `after`.")
    kind: EventKind
    camera: str = Field(description="Where; empty for what belongs to no camera.")
    subject: str = Field(description="Identifier of the sighting, person, camera or setting.")
    at: Time
    body: dict[str, Any] = Field(description="What is told of it; it depends on the kind.")


class EventPage(BaseModel):
    """Events in their order."""

    items: list[EventModel]
    next_after: int = Field(description="Give it as `after` to get what comes next.")


def event_model(event: Event) -> EventModel:
    """An event as it is told."""
    body = json.loads(event.body)
    return EventModel(
        number=event.number,
        kind=event.kind,
        camera=event.camera,
        subject=event.subject,
        at=to_time(event.unix_s),
        body=body if isinstance(body, dict) else {"value": body},
    )
