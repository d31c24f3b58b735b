"""Who is there: lists of people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from nigoh.domain.access import Permission
from nigoh.domain.page import Page
from nigoh.domain.people import Person
from nigoh.server.guard import needs
from nigoh.server.models.people import GroupNames, ListedPersonModel, listed_person_model
from nigoh.server.models.sightings import CountModel
from nigoh.server.models.texts import ShortText
from nigoh.server.paging import Listed, Paging, listed
from nigoh.server.times import GivenTime, to_unix_s
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People, PeopleFilter, PeopleOrder
from nigoh.storage.database.photos import Photos


def _filter(
    search: Annotated[ShortText, Query(description="Words of their names, in any script.")] = "",
    group: Annotated[ShortText | None, Query(description='"" for those in none.')] = None,
    list_id: Annotated[ShortText | None, Query(alias="list", description="A watch list.")] = None,
    has_photos: bool | None = None,
    expires_before: GivenTime | None = None,
) -> PeopleFilter:
    return PeopleFilter(
        text=search,
        group=group,
        list_id=list_id,
        has_photos=has_photos,
        expires_before_unix_s=to_unix_s(expires_before),
    )


Wanted = Annotated[PeopleFilter, Depends(_filter)]


def people_list_router(database: Database) -> APIRouter:
    """The routes of lists of people. They stand before those of one person, whose address could be any word."""
    router = APIRouter(prefix="/people", tags=["people"])

    @router.get("", dependencies=[needs(Permission.PEOPLE_READ)])
    def list_people(
        request: Request,
        response: Response,
        wanted: Wanted,
        paging: Paging,
        sort: PeopleOrder = PeopleOrder.NAME,
        descending: bool = False,
    ) -> Listed[ListedPersonModel]:
        """People, by name or by when they were enrolled."""
        with database.read() as connection:
            page: Page[Person] = People(connection).page(wanted, paging, sort, descending=descending)
            photos = Photos(connection).of_people([each.id for each in page.items])
        return listed(page, lambda each: listed_person_model(each, photos[each.id]), request, response)

    @router.get("/count", dependencies=[needs(Permission.PEOPLE_READ)])
    def count_people(wanted: Wanted) -> CountModel:
        """How many there are."""
        with database.read() as connection:
            return CountModel(number=People(connection).count(wanted), exact=True)

    @router.get("/groups", dependencies=[needs(Permission.PEOPLE_READ)])
    def list_groups() -> GroupNames:
        """The groups that somebody is in, sorted."""
        with database.read() as connection:
            return GroupNames(items=list(People(connection).groups()))

    return router
