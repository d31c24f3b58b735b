"""Somebody: added, shown, changed, merged, erased."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Response

from nigoh.domain.access import Permission, Principal
from nigoh.domain.people import Person
from nigoh.domain.sighting import PersonId
from nigoh.errors import Missing, Stale
from nigoh.office.actor import Actor
from nigoh.office.erasure import Eraser
from nigoh.office.people_desks import PeopleDesks
from nigoh.office.person_draft import PersonDraft
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs
from nigoh.server.idempotency import RepeatableRoute
from nigoh.server.models.people import (
    ErasureModel,
    ErasurePreviewModel,
    ListedPersonModel,
    MergeIn,
    MergeModel,
    PersonChange,
    PersonIn,
    PersonModel,
    erasure_model,
    erasure_preview_model,
    listed_person_model,
    merge_model,
    person_model,
)
from nigoh.server.models.texts import Identifier
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos

_TRIES = 3


def people_router(database: Database, desks: PeopleDesks, eraser: Eraser) -> APIRouter:
    """The routes of people."""
    router = APIRouter(prefix="/people", tags=["people"], route_class=RepeatableRoute)

    def change(
        actor: Actor, person: str, edit: Callable[[Person], PersonDraft], version: int | None = None
    ) -> Person:
        for _ in range(_TRIES):
            before = _found(database, PersonId(person))
            try:
                return desks.people.change(actor, before.id, edit(before), version=version or before.version)
            except Stale:
                # Without If-Match the client does not mind: what it leaves out is taken from the newest.
                if version is not None:
                    raise
        raise Stale("person", person)

    @router.post("", status_code=HTTPStatus.CREATED)
    def add_person(
        who: Annotated[Principal, needs(Permission.PEOPLE_WRITE)],
        body: PersonIn,
        response: Response,
        reason: Reason = None,
    ) -> PersonModel:
        """Somebody new, without a photo yet: post photos afterwards, or enrol with photos at once."""
        made = desks.enrolment.enrol(actor_of(who, reason), body.draft(), ()).person
        if made is None:
            raise Missing("person", body.name)
        set_version(response, made.version)
        response.headers["Location"] = f"/api/v1/people/{made.id}"
        return person_model(made)

    @router.get("/{person}", dependencies=[needs(Permission.PEOPLE_READ)])
    def show_person(person: Identifier, response: Response) -> ListedPersonModel:
        """Somebody."""
        found = _found(database, PersonId(person))
        with database.read() as connection:
            photos = Photos(connection).of_person(found.id)
        set_version(response, found.version)
        return listed_person_model(found, photos)

    @router.patch("/{person}")
    def change_person(
        who: Annotated[Principal, needs(Permission.PEOPLE_WRITE)],
        person: Identifier,
        body: PersonChange,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> PersonModel:
        """Change what is given; what is left out stays."""
        version = expected_version(if_match, "person", person)
        changed = change(actor_of(who, reason), person, body.applied_to, version)
        set_version(response, changed.version)
        return person_model(changed)

    @router.delete("/{person}")
    def erase_person(
        who: Annotated[Principal, needs(Permission.PEOPLE_ERASE)],
        person: Identifier,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> ErasureModel:
        """Erase somebody for good: photos, templates, their key, and what sightings and recordings hold of them."""
        version = expected_version(if_match, "person", person)
        return erasure_model(eraser.erase(actor_of(who, reason), PersonId(person), version=version))

    @router.get("/{person}/erasure-preview", dependencies=[needs(Permission.PEOPLE_READ, Permission.PEOPLE_ERASE)])
    def preview_erasure(person: Identifier) -> ErasurePreviewModel:
        """What would be erased of somebody, on all cameras. Nothing is."""
        return erasure_preview_model(eraser.preview(PersonId(person)))

    @router.post("/{person}/merge")
    def merge_person(
        who: Annotated[Principal, needs(Permission.PEOPLE_READ, Permission.PEOPLE_WRITE, Permission.LISTS_WRITE)],
        person: Identifier,
        body: MergeIn,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> MergeModel:
        """Make two entries of one person one: photos, templates, sightings and negatives become the other's.

        The entry that is named in the path is gone then, and cannot be brought back.
        """
        version = expected_version(if_match, "person", person)
        done = desks.merger.merge(actor_of(who, reason), PersonId(person), PersonId(body.into), version=version)
        set_version(response, done.person.version)
        return merge_model(done)

    @router.put("/{person}/lists/{list_id}", status_code=HTTPStatus.NO_CONTENT)
    def put_on_list(
        who: Annotated[Principal, needs(Permission.PEOPLE_WRITE)],
        person: Identifier,
        list_id: Identifier,
        reason: Reason = None,
    ) -> None:
        """Put somebody on a watch list."""
        change(actor_of(who, reason), person, lambda before: _on_lists(before, before.lists | {list_id}))

    @router.delete("/{person}/lists/{list_id}", status_code=HTTPStatus.NO_CONTENT)
    def take_off_list(
        who: Annotated[Principal, needs(Permission.PEOPLE_WRITE)],
        person: Identifier,
        list_id: Identifier,
        reason: Reason = None,
    ) -> None:
        """Take somebody off a watch list."""
        change(actor_of(who, reason), person, lambda before: _on_lists(before, before.lists - {list_id}))

    return router


def _on_lists(person: Person, lists: frozenset[str]) -> PersonDraft:
    return replace(PersonDraft.of(person), lists=lists)


def _found(database: Database, person: PersonId) -> Person:
    with database.read() as connection:
        found = People(connection).get(person)
    if found is None:
        raise Missing("person", person)
    return found
