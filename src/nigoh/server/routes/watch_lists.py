"""Watch lists."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from nigoh.domain.access import Permission, Principal
from nigoh.domain.people import WatchList
from nigoh.errors import Missing, Stale
from nigoh.office.people_office import PeopleOffice
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs
from nigoh.server.idempotency import RepeatableRoute
from nigoh.server.models.texts import Identifier, ShortText
from nigoh.server.models.watch_lists import WatchListChange, WatchListIn, WatchListModel, watch_list_model
from nigoh.server.paging import Listed, Paging, listed
from nigoh.storage.database.database import Database
from nigoh.storage.database.watch_lists import WatchListOrder, WatchLists


def watch_lists_router(database: Database, people: PeopleOffice) -> APIRouter:
    """The routes of watch lists."""
    router = APIRouter(prefix="/watch-lists", tags=["watch lists"], route_class=RepeatableRoute)

    @router.get("", dependencies=[needs(Permission.LISTS_READ)])
    def list_watch_lists(
        request: Request,
        response: Response,
        paging: Paging,
        search: Annotated[ShortText, Query(description="A part of the name.")] = "",
        sort: WatchListOrder = WatchListOrder.NAME,
        *,
        descending: bool = False,
    ) -> Listed[WatchListModel]:
        """Watch lists, by name, by priority or by when they were added."""
        with database.read() as connection:
            page = WatchLists(connection).page(paging, sort, descending=descending, text=search)
            sizes = WatchLists(connection).sizes()
        return listed(page, lambda each: watch_list_model(each, sizes.get(each.id, 0)), request, response)

    @router.post("", status_code=HTTPStatus.CREATED)
    def add_watch_list(
        who: Annotated[Principal, needs(Permission.LISTS_WRITE)],
        body: WatchListIn,
        response: Response,
        reason: Reason = None,
    ) -> WatchListModel:
        """Add a list."""
        made = people.add_list(actor_of(who, reason), body.added())
        set_version(response, made.version)
        response.headers["Location"] = f"/api/v1/watch-lists/{made.id}"
        return watch_list_model(made, 0)

    @router.get("/{list_id}", dependencies=[needs(Permission.LISTS_READ)])
    def show_watch_list(list_id: Identifier, response: Response) -> WatchListModel:
        """A list."""
        found, people_on_it = _found(database, list_id)
        set_version(response, found.version)
        return watch_list_model(found, people_on_it)

    @router.patch("/{list_id}")
    def change_watch_list(
        who: Annotated[Principal, needs(Permission.LISTS_WRITE)],
        list_id: Identifier,
        body: WatchListChange,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> WatchListModel:
        """Change what is given; what is left out stays. Engines follow within two seconds."""
        version = expected_version(if_match, "watch list", list_id)
        before, people_on_it = _found(database, list_id)
        if version is not None and version != before.version:
            raise Stale("watch list", list_id)
        changed = people.change_list(actor_of(who, reason), body.applied_to(before))
        set_version(response, changed.version)
        return watch_list_model(changed, people_on_it)

    @router.delete("/{list_id}", status_code=HTTPStatus.NO_CONTENT)
    def remove_watch_list(
        who: Annotated[Principal, needs(Permission.LISTS_WRITE)],
        list_id: Identifier,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> None:
        """Remove a list; the people who stand on it stay."""
        version = expected_version(if_match, "watch list", list_id)
        people.remove_list(actor_of(who, reason), list_id, version=version)

    return router


def _found(database: Database, list_id: str) -> tuple[WatchList, int]:
    with database.read() as connection:
        found = WatchLists(connection).get(list_id)
        sizes = WatchLists(connection).sizes()
    if found is None:
        raise Missing("watch list", list_id)
    return found, sizes.get(list_id, 0)
