"""Enrolled photos with their pictures and templates, sealed: kept, found and removed within one transaction."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from nigoh.domain.identifiers import new_id
from nigoh.domain.people import Photo
from nigoh.domain.photo_check import PhotoCheck
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import VaultError
from nigoh.storage.database.database import Database
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.tables import TEMPLATES
from nigoh.storage.database.templates import TemplateRow, TemplateRows
from nigoh.storage.media import MediaStore
from nigoh.storage.safe_pictures import STORED_TYPE
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.storage.vault.vault import Vault

PHOTO_KIND = "photo"
_FINGERPRINT = "photo-fingerprint"


@dataclass(frozen=True, slots=True, eq=False)
class OwnTemplates:
    """Somebody's templates of one model, and the photo of each, "" for none; row for row."""

    templates: Templates
    photos: tuple[str, ...]


class PhotoKeeper:
    """Keeps enrolled photos. Any thread; each call belongs to the transaction of its connection.

    Args:
        vault: seals templates.
        media: keeps pictures.
        fingerprint_key: see `fingerprint_key`.
        now: seconds since 1970.
    """

    def __init__(self, vault: Vault, media: MediaStore, fingerprint_key: bytes, *, now: Callable[[], float]) -> None:
        self._vault = vault
        self._media = media
        self._key = fingerprint_key
        self._now = now

    def fingerprint(self, data: bytes) -> str:
        """A keyed digest, 64 hexadecimal digits: equal for equal bytes, and no use to whoever has not the key."""
        return hmac.new(self._key, data, hashlib.sha256).hexdigest()

    def add(
        self, connection: Connection, person: PersonId, stored: bytes, check: PhotoCheck, template: Templates
    ) -> Photo:
        """Keep a photo, its picture and its template.

        Args:
            connection: a transaction that may write.
            person: whose photo it is.
            stored: the picture as `encode_picture` makes it.
            check: what was found in it, with a chosen face.
            template: (1, D) of that face.

        Raises:
            ValueError: no face was chosen.
        """
        if check.chosen is None:
            raise ValueError("a photo without a chosen face cannot be enrolled")
        now = self._now()
        face = check.faces[check.chosen]
        photo = Photo(
            id=new_id(now),
            person=person,
            media_id=self._media.put(connection, person_scope(person), PHOTO_KIND, STORED_TYPE, stored),
            box=face.box,
            quality=face.quality,
            advice=tuple(check.advice),
            created_unix_s=now,
        )
        Photos(connection).add(photo, self.fingerprint(stored))
        self.add_template(connection, photo, template)
        return photo

    def add_template(self, connection: Connection, photo: Photo, template: Templates) -> None:
        """Keep the template (1, D) of a photo that is there."""
        template_id = new_id(self._now())
        vector = np.ascontiguousarray(self._vault.protect(template).vectors[0], dtype="<f4").tobytes()
        sealed = self._vault.seal(connection, person_scope(photo.person), vector, row_binding(TEMPLATES, template_id))
        row = TemplateRow(
            id=template_id, person=photo.person, photo=photo.id, model=template.model, vector=sealed,
            created_unix_s=self._now(),
        )  # fmt: skip
        TemplateRows(connection).add(row)

    def require_not_erased(self, connection: Connection, person: PersonId) -> None:
        """Raise KeyDestroyed if somebody of this identifier was erased: nothing of theirs can be kept again."""
        self._vault.seal(connection, person_scope(person), b"", f"person:{person}")

    def picture(self, connection: Connection, photo: Photo) -> bytes:
        """The picture of a photo, STORED_TYPE. Raises Missing, VaultError."""
        return self._media.get(connection, photo.media_id)[1]

    def remove(self, connection: Connection, photo: Photo) -> str:
        """Remove a photo with its picture and templates; `MediaStore.discard` the answer once it is committed."""
        Photos(connection).remove(photo.id, self._now())
        self._media.remove(connection, [photo.media_id])
        return photo.media_id

    def repeated(self, connection: Connection, prints: Iterable[str]) -> dict[str, tuple[Photo, ...]]:
        """The photos that have these fingerprints already, by fingerprint."""
        return Photos(connection).with_fingerprints(list(prints))

    def own_templates(
        self, connection: Connection, people: Sequence[PersonId], model: ModelIdentity
    ) -> dict[PersonId, OwnTemplates]:
        """The templates of these people, as they were before they were protected; of those who have some.

        What does not open any more, as of somebody who is being erased, is left out.
        """
        return self._opened(connection, TemplateRows(connection).of_people(people, model), model)

    def all_templates(self, connection: Connection, model: ModelIdentity) -> Iterator[dict[PersonId, OwnTemplates]]:
        """The same of everybody, in batches; somebody may be in several."""
        for rows in TemplateRows(connection).batches(model):
            yield self._opened(connection, rows, model)

    def _opened(
        self, connection: Connection, rows: Sequence[TemplateRow], model: ModelIdentity
    ) -> dict[PersonId, OwnTemplates]:
        plain = self._vault.open_many(connection, [(row.vector, row_binding(TEMPLATES, row.id)) for row in rows])
        kept = [(row, vector) for row, vector in zip(rows, plain, strict=True) if not isinstance(vector, VaultError)]
        if not kept:
            return {}
        vectors = np.stack([np.frombuffer(vector, "<f4") for _, vector in kept]).astype(np.float32)
        templates = self._vault.unprotect(Templates(vectors, model))
        places: dict[PersonId, list[int]] = {}
        for place, (row, _) in enumerate(kept):
            places.setdefault(row.person, []).append(place)
        return {
            person: OwnTemplates(templates.pick(own), tuple(kept[each][0].photo or "" for each in own))
            for person, own in places.items()
        }


def fingerprint_key(vault: Vault, database: Database) -> bytes:
    """The secret under which photos of this installation are told apart; made the first time."""
    with database.begin() as connection:
        return vault.secret(connection, _FINGERPRINT)
