"""People who were erased: all that may be kept of them is that their data keys are gone."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from nigoh.domain.sighting import PersonId
from nigoh.storage.database.bulk import is_one_of
from nigoh.storage.database.tables import DATA_KEYS
from nigoh.storage.vault.scopes import person_of, person_scope


def erased_people(connection: Connection, people: Collection[PersonId]) -> frozenset[PersonId]:
    """Those of these people whose every key was destroyed. Who never had one was not erased."""
    some = is_one_of(connection, DATA_KEYS.c.scope, [person_scope(person) for person in people])
    # COUNT passes over NULLs: keys that were destroyed.
    gone = func.count(DATA_KEYS.c.wrapped_key) == 0
    scopes = connection.scalars(select(DATA_KEYS.c.scope).where(some).group_by(DATA_KEYS.c.scope).having(gone))
    return frozenset(person for scope in scopes if (person := person_of(scope)) is not None)
