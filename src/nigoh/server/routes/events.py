"""What happens: a page after a number, or a WebSocket that goes on from there."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket

from nigoh.domain.access import Permission, Principal
from nigoh.domain.records import Event
from nigoh.domain.sighting import CameraId
from nigoh.errors import NigohError
from nigoh.server.event_feed import EventFeed, EventStore
from nigoh.server.guard import needs
from nigoh.server.models.events import EventPage, event_model
from nigoh.server.sockets import Close, Closing, Conversation, SocketRoom

_HEARTBEAT_S = 15.0
_MOST_READ = 10_000
_LARGEST_NUMBER = 2**63 - 1

_ALSO_NEEDED = {
    "sighting": Permission.SIGHTINGS_READ,
    "person": Permission.PEOPLE_READ,
    "camera": Permission.CAMERAS_READ,
    "setting": Permission.SETTINGS_READ,
    "alert": Permission.ALERTS_READ,
}
"""An event tells what its noun tells: whoever may not read that is not told."""

Number = Annotated[int, Query(ge=0, le=_LARGEST_NUMBER, description="The last event that you have.")]


def events_router(store: EventStore, feed: EventFeed, room: SocketRoom) -> APIRouter:
    """The routes of events."""
    router = APIRouter(prefix="/events", tags=["events"])

    @router.get("")
    def list_events(
        who: Annotated[Principal, needs(Permission.EVENTS_READ)],
        after: Number = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> EventPage:
        """The events after a number, oldest first."""
        events, number = _visible(store.after, who, after, limit)
        return EventPage(items=[event_model(event) for event in events], next_after=number)

    @router.websocket("")
    async def follow_events(
        websocket: WebSocket,
        who: Annotated[Principal, needs(Permission.EVENTS_READ)],
        after: Annotated[int | None, Query(ge=0, le=_LARGEST_NUMBER)] = None,
    ) -> None:
        """Events as they happen. With `after`: first those that came since; else from now on."""
        talk = Conversation(websocket, who, Permission.EVENTS_READ, room)
        await talk.hold(_listen(talk), _tell(talk, feed, after))

    return router


async def _listen(talk: Conversation) -> None:
    """Clients have nothing to say here; when one goes, that ends it."""
    while True:
        await talk.receive()


async def _tell(talk: Conversation, feed: EventFeed, after: int | None) -> None:
    with feed.following():
        try:
            newest = await feed.newest()
            # A number that was not given yet comes from before a restore: what follows now is all that there is.
            number = newest if after is None else min(after, newest)
            await talk.send({"hello": {"after": number, "newest": newest}})
            while True:
                number = await _tell_some(talk, feed, number)
        except NigohError as error:
            raise Closing(Close.AGAIN, error.what[:100]) from None


async def _tell_some(talk: Conversation, feed: EventFeed, number: int) -> int:
    events = await feed.after(number, _HEARTBEAT_S)
    last = events[-1].number if events else number
    seen = [event for event in events if may_follow(talk.principal, event)]
    for event in seen:
        await talk.send(event_model(event).model_dump(mode="json"))
    if not seen:
        # Whoever may see little resumes after what they may not see, too.
        await talk.send({"heartbeat": {"after": last}})
    return last


def may_follow(principal: Principal, event: Event) -> bool:
    """Whether somebody is told of an event."""
    needed = _ALSO_NEEDED[event.kind.partition(".")[0]]
    return principal.may(needed) and (not event.camera or principal.sees(CameraId(event.camera)))


def _visible(
    read: Callable[[int, int], Sequence[Event]], who: Principal, after: int, limit: int
) -> tuple[list[Event], int]:
    """The events that somebody may see, and the number to go on from; so many are looked at, most of all."""
    seen: list[Event] = []
    looked_at = 0
    while len(seen) < limit and looked_at < _MOST_READ:
        found = read(after, limit)
        for event in found:
            after = event.number
            if may_follow(who, event):
                seen.append(event)
                if len(seen) == limit:
                    break
        looked_at += len(found)
        if len(found) < limit:
            break
    return seen, after
