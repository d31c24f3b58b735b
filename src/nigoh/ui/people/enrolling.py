"""Saving people with their photos, by way of the API."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from nigoh.domain.photo_check import PhotoCheck
from nigoh.ui.client.api import Api
from nigoh.ui.client.people import PersonInfo, PersonWords, person_path
from nigoh.ui.people.draft_photo import DraftPhoto, as_files

_MOST_AT_ONCE = 20
_MOST_BYTES = 28 * 2**20
"""Of one request with photos; the API takes 32 MiB."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who was enrolled, and what became of each photo."""

    person: PersonInfo
    photos: tuple[PhotoCheck, ...] = ()


async def enrol(api: Api, words: PersonWords, photos: Sequence[DraftPhoto], *, allow_look_alike: bool) -> Enrolled:
    """Enrol somebody new. Raises ApiProblem: nothing is saved; `enrolment`: no photo can be used.

    More photos than one request takes follow singly.
    """
    if not photos:
        return Enrolled(await api.post("/people", PersonInfo, words))
    first = fitting(photos)
    fields = {
        "person": msgspec.json.encode(words).decode(),
        "faces": msgspec.json.encode([each.face for each in photos[:first]]).decode(),
    }
    files = as_files([(each.name, each.content) for each in photos[:first]])
    query = {"allow_look_alike": allow_look_alike}
    done = await api.post_files("/people/enrol", Enrolled, files, fields, query=query)
    rest = [await add_photo(api, done.person.id, each, allow_look_alike=allow_look_alike) for each in photos[first:]]
    return Enrolled(done.person, (*done.photos, *rest))


async def add_photo(api: Api, person: str, photo: DraftPhoto, *, allow_look_alike: bool) -> PhotoCheck:
    """One more photo of somebody. Raises ApiProblem; `enrolment`: it cannot be used."""
    query = {"face": photo.face, "allow_look_alike": allow_look_alike}
    files = as_files([(photo.name, photo.content)])
    return await api.post_files(f"{person_path(person)}/photos", PhotoCheck, files, query=query)


def fitting(photos: Sequence[DraftPhoto]) -> int:
    """How many of them, from the first, fit into one request; at least one."""
    size = 0
    for number, photo in enumerate(photos[:_MOST_AT_ONCE]):
        size += len(photo.content)
        if size > _MOST_BYTES:
            return max(number, 1)
    return min(len(photos), _MOST_AT_ONCE)
