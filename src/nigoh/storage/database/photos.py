"""Enrolled photos in the database; the pictures themselves are media items."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from nigoh.domain.people import Photo
from nigoh.domain.sighting import PersonId
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.nouns import MEDIA, PERSON, PHOTO
from nigoh.storage.database.rows import Rows
from nigoh.storage.database.tables import PHOTOS


class Photos:
    """The photos within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, PHOTO)

    def add(self, photo: Photo, fingerprint: str) -> None:
        """Add a photo of somebody; the fingerprint is a keyed digest of its pixels, hexadecimal.

        Raises:
            Missing: the person or the picture is not there.
            Conflict: its identifier is taken.
        """
        values = {
            "id": photo.id,
            "person_id": photo.person,
            "media_id": photo.media_id,
            "box": list(photo.box),
            "quality": photo.quality,
            "advice": list(photo.advice),
            "fingerprint": fingerprint,
            "created_unix_s": photo.created_unix_s,
        }
        self._rows.add(values, {PERSON: photo.person, MEDIA: photo.media_id})

    def get(self, photo_id: str) -> Photo | None:
        """The photo of this identifier, or None."""
        return next(iter(self._read(select(PHOTOS).where(PHOTOS.c.id == photo_id))), None)

    def of_person(self, person: PersonId) -> tuple[Photo, ...]:
        """Somebody's photos, the oldest first."""
        return self._read(select(PHOTOS).where(PHOTOS.c.person_id == person))

    def of_people(self, people: Sequence[PersonId]) -> dict[PersonId, tuple[Photo, ...]]:
        """The photos of a page of people, the oldest first; everybody is a key."""
        found = self._read(select(PHOTOS).where(PHOTOS.c.person_id.in_(people)))
        return {person: tuple(photo for photo in found if photo.person == person) for person in people}

    def with_fingerprint(self, fingerprint: str) -> tuple[Photo, ...]:
        """The photos of the same pixels, the oldest first."""
        return self._read(select(PHOTOS).where(PHOTOS.c.fingerprint == fingerprint))

    def with_fingerprints(self, fingerprints: Sequence[str]) -> dict[str, tuple[Photo, ...]]:
        """The photos that have these fingerprints, at most 1000 of them; those that none has are not there."""
        rows = self._connection.execute(select(PHOTOS).where(PHOTOS.c.fingerprint.in_(fingerprints))).mappings()
        found: dict[str, tuple[Photo, ...]] = {}
        for row in rows:
            found[row["fingerprint"]] = (*found.get(row["fingerprint"], ()), _photo(row))
        return found

    def repeated(self, person: PersonId, other: PersonId) -> tuple[Photo, ...]:
        """Somebody's photos that another one has too, the oldest first."""
        same = select(PHOTOS.c.fingerprint).where(PHOTOS.c.person_id == other)
        return self._read(select(PHOTOS).where(PHOTOS.c.person_id == person, PHOTOS.c.fingerprint.in_(same)))

    def count(self, person: PersonId | None = None) -> int:
        """How many there are, of one person or of all."""
        counted = select(func.count()).select_from(PHOTOS)
        if person is not None:
            counted = counted.where(PHOTOS.c.person_id == person)
        return self._connection.execute(counted).scalar_one()

    def remove(self, photo_id: str, now_unix_s: float) -> None:
        """Remove a photo and the templates that were made of it; the picture is the caller's to remove.

        Raises:
            Missing: it is not there.
        """
        found = self.get(photo_id)
        self._rows.remove(photo_id)
        if found is not None:
            GalleryChanges(self._connection).append([found.person], now_unix_s)

    def _read(self, chosen: Select[Any]) -> tuple[Photo, ...]:
        rows = self._connection.execute(chosen.order_by(PHOTOS.c.created_unix_s, PHOTOS.c.id)).mappings()
        return tuple(_photo(row) for row in rows)


def _photo(row: RowMapping) -> Photo:
    x1, y1, x2, y2 = row["box"]
    return Photo(
        id=row["id"],
        person=PersonId(row["person_id"]),
        media_id=row["media_id"],
        box=(x1, y1, x2, y2),
        quality=row["quality"],
        advice=tuple(row["advice"]),
        created_unix_s=row["created_unix_s"],
    )
