"""The sightings of the feed: the newest page, again and again, and as many older ones as were asked for."""

from collections.abc import Callable, Sequence
from datetime import datetime

from nigoh.ui.client.api import Api, Scalar
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.sightings import SightingInfo
from nigoh.ui.events.query import EventsQuery

PAGE = 30
MOST = 300
"""Nobody scrolls through more rows: what is older is asked for by its time."""


class Stream:
    """Asks for them. Owner: the view.

    Args:
        api: asks as the operator.
        now: the moment.
    """

    def __init__(self, api: Api, now: Callable[[], datetime]) -> None:
        self._api = api
        self._now = now
        self._query = EventsQuery()
        self._cursor: str | None = None
        self._is_longer = False
        self.sightings: tuple[SightingInfo, ...] = ()

    @property
    def has_older(self) -> bool:
        """Whether older ones can be asked for."""
        return self._cursor is not None and len(self.sightings) < MOST

    def begin(self, query: EventsQuery) -> None:
        """Others are wanted from now on."""
        self._query, self._cursor, self._is_longer, self.sightings = query, None, False, ()

    async def refresh(self, kept: str = "") -> None:
        """The newest ones, and older ones that were asked for or lead down to `kept`. Raises ApiProblem."""
        query = self._query
        page = await self._ask(None)
        if query != self._query:
            # Somebody has chosen another filter meanwhile: that answer is on its way.
            return
        older = older_ones(page.items, self.sightings)
        if not self._is_longer:
            places = [place for place, each in enumerate(older) if each.id == kept]
            older = older[: places[0] + 1] if places else ()
        if not older:
            self._cursor, self._is_longer = page.next_cursor, False
        self.sightings = (*page.items, *older)[:MOST]

    async def add_older(self) -> None:
        """One more page. Raises ApiProblem."""
        if not self._is_longer:
            await self.refresh()
        if self._cursor is None:
            return
        page = await self._ask(self._cursor)
        known = {each.id for each in self.sightings}
        self._cursor, self._is_longer = page.next_cursor, True
        self.sightings = (*self.sightings, *(each for each in page.items if each.id not in known))[:MOST]

    def replace(self, sighting: SightingInfo) -> None:
        """One of them has changed."""
        self.sightings = tuple(sighting if each.id == sighting.id else each for each in self.sightings)

    async def _ask(self, cursor: str | None) -> Listed[SightingInfo]:
        asked: dict[str, Scalar | None] = {**self._query.filters(self._now()), "limit": PAGE, "cursor": cursor}
        return await self._api.get("/sightings", Listed[SightingInfo], asked)


def older_ones(newest: Sequence[SightingInfo], shown: Sequence[SightingInfo]) -> tuple[SightingInfo, ...]:
    """Those of the shown ones that come right after the newest; none, if some between them are not known."""
    ids = {each.id for each in newest}
    if not newest or not any(each.id in ids for each in shown):
        return ()
    last = (newest[-1].first_at, newest[-1].id)
    return tuple(each for each in shown if each.id not in ids and (each.first_at, each.id) < last)
