"""What the commands for people open, and how they find somebody by what was typed."""

import os
import time

from nigoh.cli.system_user import command_actor
from nigoh.config.settings import VisionSettings
from nigoh.deployment_wiring import Deployment
from nigoh.domain.name_folding import search_terms
from nigoh.domain.page import PageQuery
from nigoh.domain.people import Person
from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError
from nigoh.office.actor import Actor
from nigoh.office.people_desks import PeopleDesks, open_people_desks
from nigoh.office.people_office import PeopleOffice, find_list
from nigoh.office.photo_keeper import PhotoKeeper, fingerprint_key
from nigoh.office.stored_gallery import read_gallery
from nigoh.storage.database.people import People, PeopleFilter
from nigoh.wiring import build_vision

_SHOWN = 5


def open_desks(deployment: Deployment, settings: VisionSettings) -> PeopleDesks:
    """The desks with models on all cores of this machine, and everybody who is enrolled in memory."""
    vision = build_vision(settings, threads=len(os.sched_getaffinity(0)))
    key = fingerprint_key(deployment.vault, deployment.database)
    keeper = PhotoKeeper(deployment.vault, deployment.media, key, now=time.time)
    gallery = read_gallery(deployment.database, keeper, vision.analyser.model)
    return open_people_desks(deployment.database, deployment.media, vision.analyser, gallery.search, now=time.time)


def open_people(deployment: Deployment) -> PeopleOffice:
    """What changes people without looking at photos: no model is loaded."""
    return PeopleOffice(deployment.database, now=time.time)


def actor(reason: str) -> Actor:
    """Whoever runs the command."""
    return Actor(command_actor(), reason=reason)


def find_person(deployment: Deployment, who: str, *, exactly: bool = False) -> Person:
    """Somebody by identifier, external id, or name.

    Args:
        deployment: what lasts.
        who: as it was typed.
        exactly: the whole name as it is spelt; otherwise a part in any spelling will do, if one person alone has it.

    Raises:
        ConfigError: nobody, or several people, are called so.
    """
    with deployment.database.read() as connection:
        people = People(connection)
        known = people.get(PersonId(who)) or people.find_external(who)
        if known is not None:
            return known
        named = people.find_named(who)
        if not named and not exactly and search_terms(who):
            named = people.page(PeopleFilter(text=who), PageQuery(_SHOWN + 1)).items
    if len(named) == 1:
        return named[0]
    if not named:
        hint = "See who is enrolled with: nigoh people list"
        raise ConfigError(f"nobody {'has exactly this name or identifier:' if exactly else 'is called'} {who}", hint)
    shown = ", ".join(f"{person.name} ({person.id})" for person in named[:_SHOWN])
    more = " and others" if len(named) > _SHOWN else ""
    raise ConfigError(f"several people are called {who}: {shown}{more}", "Give the identifier of the one you mean.")


def list_ids(deployment: Deployment, names: tuple[str, ...]) -> frozenset[str]:
    """The watch lists of these names or identifiers. Raises Missing."""
    with deployment.database.read() as connection:
        return frozenset(find_list(connection, name).id for name in names)
