"""What the contracts of the repositories put into a database before they begin."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert

from nigoh.domain.people import Person
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.tables import DATA_KEYS, MEDIA
from nigoh.storage.vault.sealed import Sealed


@pytest.fixture
def model() -> ModelIdentity:
    return ModelIdentity("sface", "2021dec", "ab" * 32, "align5-112/rgb/0..255", 128)


@pytest.fixture
def enrol(database: Database) -> Callable[..., None]:
    """Enrols people whose identifiers are their names in lower case."""

    def add(*names: str) -> None:
        with database.begin() as connection:
            for name in names:
                People(connection).add(Person(id=PersonId(name.lower()), name=name))

    return add


@pytest.fixture
def sealed(database: Database) -> Sealed:
    """Sealed bytes, whose data key is there."""
    values = {"id": "key", "scope": "person:x", "wrapped_key": b"w", "master_id": "m", "created_unix_s": 0}
    with database.begin() as connection:
        connection.execute(insert(DATA_KEYS).values(values))
    return Sealed("key", b"sealed \x00 bytes")


@pytest.fixture
def new_picture(database: Database, sealed: Sealed) -> Callable[[str], str]:
    """Adds a media item and gives its identifier."""

    def add(media_id: str) -> str:
        values = {"id": media_id, "kind": "photo", "content_type": "image/jpeg", "size_bytes": 3, "created_unix_s": 0}
        with database.begin() as connection:
            connection.execute(insert(MEDIA).values({**values, "key_id": sealed.key_id}))
        return media_id

    return add
