"""People who were erased: all that may be kept of them is that their data keys are gone."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from nigoh.domain.sighting import PersonId
from nigoh.storage.database.tables import DATA_KEYS
from nigoh.storage.vault.scopes import person_of, person_scope

_AT_ONCE = 500


def erased_people(connection: Connection, people: Collection[PersonId]) -> frozenset[PersonId]:
    """Those of these people whose every key was destroyed. Who never had one was not erased."""
    scopes = [person_scope(person) for person in sorted(people)]
    erased: set[PersonId] = set()
    for start in range(0, len(scopes), _AT_ONCE):
        some = select(DATA_KEYS.c.scope).where(DATA_KEYS.c.scope.in_(scopes[start : start + _AT_ONCE]))
        # COUNT passes over NULLs: keys that were destroyed.
        gone = some.group_by(DATA_KEYS.c.scope).having(func.count(DATA_KEYS.c.wrapped_key) == 0)
        erased.update(person for scope in connection.scalars(gone) if (person := person_of(scope)) is not None)
    return frozenset(erased)
