"""What the commands for people look up: names of lists and people, photos."""

from collections.abc import Iterable, Sequence

from nigoh.cli.people_output import ListedCheck, ListedPerson, listed, listed_check
from nigoh.deployment_wiring import Deployment
from nigoh.domain.page import MOST_ITEMS, PageQuery
from nigoh.domain.people import Person, WatchList
from nigoh.domain.photo_check import PhotoCheck
from nigoh.domain.sighting import PersonId
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.watch_lists import WatchLists


def read_listed(deployment: Deployment, people: Sequence[Person]) -> list[ListedPerson]:
    """People with the names of their lists, and their photos."""
    with deployment.database.read() as connection:
        photos = Photos(connection).of_people([person.id for person in people])
    names = {each.id: each.name for each in read_lists(deployment)}
    return [listed(person, names, photos[person.id]) for person in people]


def read_lists(deployment: Deployment) -> list[WatchList]:
    """All watch lists, by name."""
    found: list[WatchList] = []
    cursor: str | None = None
    with deployment.database.read() as connection:
        while True:
            page = WatchLists(connection).page(PageQuery(MOST_ITEMS, cursor))
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found


def read_checks(deployment: Deployment, checks: Iterable[PhotoCheck]) -> list[ListedCheck]:
    """What became of photos, with the names of those who look alike."""
    told = list(checks)
    alike = sorted({each.person for check in told for each in check.look_alikes})
    names: dict[PersonId, str] = {}
    with deployment.database.read() as connection:
        for start in range(0, len(alike), MOST_ITEMS):
            found = People(connection).get_many(alike[start : start + MOST_ITEMS])
            names |= {person: each.name for person, each in found.items()}
    return [listed_check(check, names) for check in told]
