"""Makes two entries of one person one: photos, templates, negatives and sightings change hands."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec
import numpy as np
from sqlalchemy import Connection, Table

from nigoh.domain.audit import AuditAction
from nigoh.domain.geometry import Floats
from nigoh.domain.people import Person
from nigoh.domain.person_merge import MergeReport, merged
from nigoh.domain.records import Event, EventKind
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity
from nigoh.engine.photo_comparison import ComparisonPolicy
from nigoh.errors import Invalid, Missing, VaultError
from nigoh.office.actor import Actor
from nigoh.office.news import tell
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.idempotency import KeptAnswers
from nigoh.storage.database.merged_people import MergedPeople
from nigoh.storage.database.negatives import Negative, Negatives
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.tables import NEGATIVES, TEMPLATES
from nigoh.storage.database.templates import TemplateRow, TemplateRows
from nigoh.storage.database.traces import Traces
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.sealed_columns import row_binding

Row = TypeVar("Row", TemplateRow, Negative)

_AT_ONCE = 200
"""Sightings in a transaction: others may write in between."""


class PeopleMerger:
    """Merges people. Any thread.

    All that is theirs changes hands in one transaction, their data keys with it: nothing is opened or sealed anew,
    and whoever erases the one that is left destroys what was the other's. What sightings of third parties say follows
    in short transactions; an interrupted merge can be asked for again. Word that comes late of the one that is gone
    is written of the one that is left.

    Args:
        database: transactions.
        media: where their pictures are; its vault has their keys.
        now: seconds since 1970.
        alike: a negative this similar to a template of the same person contradicts it.
    """

    def __init__(
        self, database: Database, media: MediaStore, *, now: Callable[[], float], alike: float | None = None
    ) -> None:
        self._database = database
        self._media = media
        self._now = now
        self._alike = ComparisonPolicy().alike if alike is None else alike

    def merge(self, actor: Actor, person: PersonId, into: PersonId, *, version: int | None = None) -> MergeReport:
        """Make one of two: `person` is gone then, and all that was theirs is of `into`.

        Args:
            actor: who says that they are one.
            person: who goes.
            into: who is left.
            version: of the one who goes, as they were read; None: whatever it is.

        Raises:
            Invalid: both are the same entry.
            Missing: one of them is not there.
            Stale: the one who goes has another version.
        """
        if person == into:
            raise Invalid("into", "somebody cannot be merged into themselves", "Name the other entry.")
        with self._database.read() as connection:
            was_merged = MergedPeople(connection).who_now([person]).get(person) == into
        report = self._report_again(person, into) if was_merged else self._hand_over(actor, person, into, version)
        return replace(report, mentions=self._rename_mentions(person, into))

    def _report_again(self, person: PersonId, into: PersonId) -> MergeReport:
        """What a merge that something has interrupted still has to do is done after this."""
        with self._database.read() as connection:
            return MergeReport(person=_found(connection, into), gone=person)

    def _hand_over(self, actor: Actor, person: PersonId, into: PersonId, version: int | None) -> MergeReport:
        now = self._now()
        with self._database.begin() as connection:
            gone, kept = _found(connection, person), _found(connection, into)
            repeated = Photos(connection).repeated(person, into)
            for photo in repeated:
                Photos(connection).remove(photo.id, now)
            self._media.remove(connection, [photo.media_id for photo in repeated])
            wrong = self._contradictions(connection, person, into)
            merging = MergedPeople(connection)
            merging.remove_negatives(wrong)
            moved = merging.move(person, into)
            merging.note(person, into, now)
            KeptAnswers(connection).forget_about(person)
            self._media.vault.move(connection, person_scope(person), person_scope(into))
            People(connection).remove(person, now, version=version)
            after = People(connection).update(merged(gone, kept), now)
            GalleryChanges(connection).append([into], now)
            report = MergeReport(
                person=after, gone=person, photos=moved.photos, templates=moved.templates, negatives=moved.negatives,
                sightings=moved.sightings, same_photos=len(repeated), contradictions=len(wrong),
            )  # fmt: skip
            self._write_down(connection, actor, report, now)
        self._media.discard([photo.media_id for photo in repeated])
        return report

    def _contradictions(self, connection: Connection, person: PersonId, into: PersonId) -> list[str]:
        """Negatives of the one that show the face of the other: of two who are one they are wrong."""
        wrong: list[str] = []
        for one, other in ((person, into), (into, person)):
            negatives = Negatives(connection).of_person(one)
            templates = self._opened(connection, TemplateRows(connection).of_person(other)) if negatives else {}
            wrong += [
                row.id
                for row, vector in self._vectors(connection, negatives, NEGATIVES)
                if row.model in templates and float((templates[row.model] @ vector).max()) >= self._alike
            ]
        return wrong

    def _opened(self, connection: Connection, rows: Sequence[TemplateRow]) -> dict[ModelIdentity, Floats]:
        """Templates (K, D) by model; still turned, as all that are compared with them."""
        found: defaultdict[ModelIdentity, list[Floats]] = defaultdict(list)
        for row, vector in self._vectors(connection, rows, TEMPLATES):
            found[row.model].append(vector)
        return {model: np.stack(vectors) for model, vectors in found.items()}

    def _vectors(self, connection: Connection, rows: Sequence[Row], table: Table) -> list[tuple[Row, Floats]]:
        """What opens of these rows."""
        pieces = [(row.vector, row_binding(table, row.id)) for row in rows]
        opened = self._media.vault.open_many(connection, pieces)
        return [
            (row, np.frombuffer(plain, "<f4"))
            for row, plain in zip(rows, opened, strict=True)
            if not isinstance(plain, VaultError)
        ]

    def _write_down(self, connection: Connection, actor: Actor, report: MergeReport, now: float) -> None:
        gone, kept = report.gone, report.person.id
        body = msgspec.json.encode({"id": gone, "into": kept}).decode()
        Events(connection).add(Event(kind=EventKind.PERSON_MERGED, subject=gone, unix_s=now, body=body))
        tell(connection, EventKind.PERSON_CHANGED, kept, now)
        counts = {"photos": report.photos, "templates": report.templates, "negatives": report.negatives}
        counts |= {"sightings": report.sightings, "contradictions": report.contradictions}
        audit = Audit(connection)
        audit.write(actor.event(AuditAction.MERGE, "person", gone, {**counts, "into": kept}), now)
        audit.write(actor.event(AuditAction.MERGE, "person", kept, {**counts, "from": gone}), now)

    def _rename_mentions(self, person: PersonId, into: PersonId) -> int:
        count, after = 0, ""
        while True:
            with self._database.read() as connection:
                some = Traces(connection).mentions(person, after, _AT_ONCE)
            if not some:
                return count
            with self._database.begin() as connection:
                MergedPeople(connection).rename_mentions(person, into, some)
            count += len(some)
            after = some[-1]


def _found(connection: Connection, person: PersonId) -> Person:
    found = People(connection).get(person)
    if found is None:
        raise Missing("person", person)
    return found
