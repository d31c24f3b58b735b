"""Templates of enrolled people in the database, sealed: what is inside is the vault's business."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.model_columns import is_of_model, model_of, model_values
from nigoh.storage.database.nouns import DATA_KEY, PERSON, PHOTO, TEMPLATE
from nigoh.storage.database.rows import Rows
from nigoh.storage.database.tables import TEMPLATES
from nigoh.storage.vault.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRow:
    """A template of somebody, sealed.

    Attributes:
        id: names it for ever.
        person: whose.
        photo: identifier of the photo that it was made of, or None: of a sighting.
        model: what made it.
        vector: the sealed bytes of the protected template.
        created_unix_s: when it was added, seconds since 1970.
    """

    id: str
    person: PersonId
    photo: str | None
    model: ModelIdentity
    vector: Sealed
    created_unix_s: float = 0.0


class TemplateRows:
    """The templates within one transaction. Whoever follows the gallery is told of each change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, TEMPLATE)
        self._changes = GalleryChanges(connection)

    def add(self, template: TemplateRow) -> None:
        """Add a template of somebody.

        Raises:
            Missing: the person, the photo or the data key is not there.
            Conflict: its identifier is taken.
        """
        values = {
            "id": template.id,
            "person_id": template.person,
            "photo_id": template.photo,
            "key_id": template.vector.key_id,
            "sealed_vector": template.vector.blob,
            "created_unix_s": template.created_unix_s,
        }
        refers = {PERSON: template.person, PHOTO: template.photo, DATA_KEY: template.vector.key_id}
        self._rows.add(values | model_values(template.model), refers)
        self._changes.append([template.person], template.created_unix_s)

    def get(self, template_id: str) -> TemplateRow | None:
        """The template of this identifier, or None."""
        return next(iter(self._read(select(TEMPLATES).where(TEMPLATES.c.id == template_id))), None)

    def of_person(self, person: PersonId) -> tuple[TemplateRow, ...]:
        """Somebody's templates of all models, the oldest first."""
        return self._read(select(TEMPLATES).where(TEMPLATES.c.person_id == person))

    def of_people(self, people: Sequence[PersonId], model: ModelIdentity) -> tuple[TemplateRow, ...]:
        """The templates of one model of these people, at most 1000 of them."""
        return self._read(select(TEMPLATES).where(TEMPLATES.c.person_id.in_(people), is_of_model(TEMPLATES, model)))

    def batches(self, model: ModelIdentity, size: int = 5000) -> Iterator[tuple[TemplateRow, ...]]:
        """All templates of one model by their identifiers, `size` at once: any number of them in little memory."""
        after = ""
        while True:
            chosen = select(TEMPLATES).where(is_of_model(TEMPLATES, model), TEMPLATES.c.id > after)
            rows = self._connection.execute(chosen.order_by(TEMPLATES.c.id).limit(size)).mappings().all()
            if rows:
                yield tuple(_template(row) for row in rows)
            if len(rows) < size:
                return
            after = rows[-1]["id"]

    def count(self, model: ModelIdentity | None = None) -> int:
        """How many there are, of one model or of all."""
        counted = select(func.count()).select_from(TEMPLATES)
        if model is not None:
            counted = counted.where(is_of_model(TEMPLATES, model))
        return self._connection.execute(counted).scalar_one()

    def remove(self, template_id: str, now_unix_s: float) -> None:
        """Remove a template. Raises Missing: it is not there."""
        found = self.get(template_id)
        self._rows.remove(template_id)
        if found is not None:
            self._changes.append([found.person], now_unix_s)

    def _read(self, chosen: Select[Any]) -> tuple[TemplateRow, ...]:
        rows = self._connection.execute(chosen.order_by(TEMPLATES.c.created_unix_s, TEMPLATES.c.id)).mappings()
        return tuple(_template(row) for row in rows)


def _template(row: RowMapping) -> TemplateRow:
    return TemplateRow(
        id=row["id"],
        person=PersonId(row["person_id"]),
        photo=row["photo_id"],
        model=model_of(row),
        vector=Sealed(row["key_id"], row["sealed_vector"]),
        created_unix_s=row["created_unix_s"],
    )
