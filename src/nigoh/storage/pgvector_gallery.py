"""A gallery that PostgreSQL searches, with pgvector: for installations where the database is to do it.

It has tables of its own for each model, which it makes when it is first opened and which no migration knows. What
stands in them is *protected* (turned by the installation's secret rotation), but not sealed, for PostgreSQL could not
compare sealed templates: whoever reads these tables, or a backup of them, learns who resembles whom, and with the
rotation's secret the templates themselves. Erasing a person removes their rows, but no key destroys what older
backups hold of them. Galleries in memory have none of this; take this one only where they cannot be had.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import ModelIdentity, Templates, require_same_model
from nigoh.errors import ConfigError, MissingExtra
from nigoh.identity.gallery import Candidates
from nigoh.storage.database.database import Database

try:
    from pgvector import HalfVector
    from pgvector.sqlalchemy import HALFVEC
except ImportError as error:
    raise MissingExtra("the gallery in PostgreSQL", "postgresql") from error

_NEAREST, _NEAREST_A_PERSON, _NEAREST_MOST = 100, 16, 1000
"""What an indexed search looks at: beyond a thousand pgvector takes no larger list, and all rows are compared."""


class Protection(Protocol):
    """Turns templates so that scores stay and faces do not show; see `nigoh.storage.vault.vault.Vault.protect`."""

    def protect(self, templates: Templates) -> Templates:
        """The templates, turned."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """Of one model: its people, numbered in the order of their enrolment, and their templates."""

    metadata: MetaData
    people: Table
    templates: Table

    @classmethod
    def of(cls, model: ModelIdentity, *, indexed: bool) -> "_Tables":
        parts = (model.name, model.version, model.digest, model.preprocessing, str(model.dimension))
        tag = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
        metadata = MetaData()
        people = Table(
            f"gallery_person_{tag}",
            metadata,
            Column("number", BigInteger, Identity(), primary_key=True),
            Column("person_id", Text, nullable=False, unique=True),
        )
        templates = Table(
            f"gallery_template_{tag}",
            metadata,
            Column("id", BigInteger, Identity(), primary_key=True),
            Column("number", ForeignKey(people.c.number, ondelete="CASCADE"), nullable=False, index=True),
            Column("template", HALFVEC(model.dimension), nullable=False),
        )
        if indexed:
            Index(
                f"gallery_hnsw_{tag}",
                templates.c.template,
                postgresql_using="hnsw",
                postgresql_ops={"template": "halfvec_ip_ops"},
            )
        return cls(metadata, people, templates)


class PgvectorGallery:
    """Finds the nearest people in PostgreSQL (see the contract of `Gallery`). Any process may write as well.

    Args:
        database: a PostgreSQL with the extension vector.
        model: the model whose templates it holds.
        protection: what turns templates before they leave this process.
        indexed: search by a graph (HNSW) instead of comparing all rows. On face templates it misses some.

    Raises:
        ConfigError: the database is another one, or lacks the extension.
        DatabaseError, DatabaseUnavailable: from every call.
    """

    def __init__(
        self, database: Database, model: ModelIdentity, protection: Protection, *, indexed: bool = False
    ) -> None:
        self._database = database
        self._model = model
        self._protection = protection
        self._indexed = indexed
        self._tables = _Tables.of(model, indexed=indexed)
        self._make_tables()

    @property
    def model(self) -> ModelIdentity:
        """The model whose templates this gallery holds."""
        return self._model

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who is enrolled, each once, in the order of enrolment."""
        columns = self._tables.people.c
        with self._database.read() as connection:
            found = connection.execute(select(columns.person_id).order_by(columns.number)).scalars()
            return tuple(PersonId(person) for person in found)

    def __len__(self) -> int:
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(self._tables.templates)).scalar_one()

    def add(self, person: PersonId, templates: Templates) -> None:
        """Enrol templates of one person, beside those that they have. Raises TemplateMismatch."""
        require_same_model(self._model, templates.model)
        if len(templates):
            with self._database.begin() as connection:
                self._write(connection, {person: templates})

    def put(self, person: PersonId, templates: Templates) -> None:
        """Enrol one person with these templates alone. Raises TemplateMismatch."""
        self.change({person: templates})

    def remove(self, person: PersonId) -> None:
        """Remove one person."""
        self.change({}, [person])

    def change(self, put: Mapping[PersonId, Templates], removed: Collection[PersonId] = ()) -> None:
        """Put and remove any number of people in one transaction. Raises TemplateMismatch."""
        for templates in put.values():
            require_same_model(self._model, templates.model)
        given = {person: templates for person, templates in put.items() if len(templates)}
        with self._database.begin() as connection:
            self._forget(connection, {*removed, *put} - given.keys())
            self._drop_templates(connection, given)
            self._write(connection, given)

    def search(self, probes: Templates, k: int) -> Candidates:
        """The k nearest people of each probe. Raises TemplateMismatch."""
        require_same_model(self._model, probes.model)
        turned = self._protection.protect(probes).vectors if len(probes) else probes.vectors
        with self._database.read() as connection:
            return Candidates(tuple(self._nearest(connection, probe, k) for probe in turned))

    def _nearest(self, connection: Connection, probe: Floats, k: int) -> tuple[Candidate, ...]:
        if self._indexed:
            most = max(_NEAREST, _NEAREST_A_PERSON * k)
            found = self._nearest_indexed(connection, probe, k, most) if most <= _NEAREST_MOST else ()
            # Few people have many templates, or there are fewer than k: only all rows tell.
            if len(found) == k:
                return found
            connection.execute(text("SET LOCAL enable_indexscan = off"))
        return self._ranked(connection, select(*self._scored(probe)), k)

    def _nearest_indexed(self, connection: Connection, probe: Floats, k: int, most: int) -> tuple[Candidate, ...]:
        connection.execute(text(f"SET LOCAL hnsw.ef_search = {most}"))
        connection.execute(text("SET LOCAL enable_indexscan = on"))
        templates = self._tables.templates.c
        distance = templates.template.max_inner_product(HalfVector(probe))
        return self._ranked(connection, select(*self._scored(probe)).order_by(distance).limit(most), k)

    def _scored(self, probe: Floats) -> tuple[Any, Any]:
        templates = self._tables.templates.c
        # pgvector gives the negative inner product: operators order by what is smallest.
        return templates.number, (-templates.template.max_inner_product(HalfVector(probe))).label("score")

    def _ranked(self, connection: Connection, scored: Any, k: int) -> tuple[Candidate, ...]:  # noqa: ANN401 - a Select
        rows, people = scored.subquery(), self._tables.people.c
        best = func.max(rows.c.score)
        ranked = (
            select(people.person_id, best)
            .join(rows, rows.c.number == people.number)
            .group_by(people.number)
            .order_by(best.desc(), people.number)
            .limit(k)
        )
        return tuple(Candidate(PersonId(person), float(score)) for person, score in connection.execute(ranked))

    def _make_tables(self) -> None:
        if self._database.dialect != "postgresql":
            raise ConfigError(
                "the gallery in the database needs PostgreSQL", "Give its address, or keep the gallery in memory."
            )
        with self._database.begin() as connection:
            known = select(literal(1)).select_from(text("pg_available_extensions")).where(text("name = 'vector'"))
            if connection.execute(known).first() is None:
                raise ConfigError(
                    "this PostgreSQL has no extension vector",
                    "Install pgvector there, or keep the gallery in memory.",
                )
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            self._tables.metadata.create_all(connection)
            for index in self._tables.templates.indexes:
                # Of tables that were made without it.
                index.create(connection, checkfirst=True)

    def _forget(self, connection: Connection, people: Collection[PersonId]) -> None:
        if people:
            connection.execute(delete(self._tables.people).where(self._tables.people.c.person_id.in_(people)))

    def _drop_templates(self, connection: Connection, people: Iterable[PersonId]) -> None:
        numbers = self._numbers(connection, list(people)).values()
        if numbers:
            templates = self._tables.templates
            connection.execute(delete(templates).where(templates.c.number.in_(list(numbers))))

    def _write(self, connection: Connection, given: Mapping[PersonId, Templates]) -> None:
        if not given:
            return
        people = self._tables.people
        rows = [{"person_id": person} for person in given]
        connection.execute(postgresql_insert(people).on_conflict_do_nothing(), rows)
        numbers = self._numbers(connection, list(given))
        added = [
            {"number": numbers[person], "template": HalfVector(vector)}
            for person, templates in given.items()
            for vector in self._protection.protect(templates).vectors
        ]
        connection.execute(insert(self._tables.templates), added)

    def _numbers(self, connection: Connection, people: Sequence[PersonId]) -> dict[PersonId, int]:
        columns = self._tables.people.c
        chosen = select(columns.person_id, columns.number).where(columns.person_id.in_(people))
        return {PersonId(person): number for person, number in connection.execute(chosen)}
