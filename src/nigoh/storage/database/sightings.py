"""Sightings in the database: a row a track, brought up to date by each word about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.page import Page, PageQuery
from nigoh.domain.records import SightingRecord, Verdict
from nigoh.domain.sighting import PersonId, Status
from nigoh.domain.sighting_filter import Count, SightingFilter
from nigoh.domain.spooled_sighting import Progress, progress, progress_of
from nigoh.storage.database.bulk import insert_rows, is_one_of, update_rows
from nigoh.storage.database.rows import Noun, Rows
from nigoh.storage.database.sighting_listing import count_sightings, read_sightings
from nigoh.storage.database.sighting_rows import new_values, read_sighting, told_values
from nigoh.storage.database.tables import SIGHTINGS

_SIGHTING = Noun(SIGHTINGS, "sighting")
_MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class KnownSighting:
    """What a writer has to know of a row that is there."""

    progress: Progress
    status: Status
    media_id: str


@dataclass(frozen=True, slots=True)
class SightingUpdate:
    """A word about a track, and the picture that its row has from now on ("": none)."""

    told: CameraSighting
    media_id: str = ""


class Sightings:
    """The sightings within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _SIGHTING)

    def put(self, told: CameraSighting, media_id: str = "") -> bool:
        """Write a word about a track, unless that or a later one is there; whether it was written."""
        known = self.known([told.id]).get(told.id)
        if known is not None and progress(told) <= known.progress:
            return False
        self.write(
            [SightingUpdate(told, media_id or (known.media_id if known else ""))], {told.id} if known else set()
        )
        return True

    def known(self, sighting_ids: Sequence[str]) -> dict[str, KnownSighting]:
        """What is there of these, held against other writers until the transaction ends."""
        columns = SIGHTINGS.c
        chosen = select(
            columns.id, columns.stage, columns.frames, columns.told_unix_s, columns.status, columns.media_id
        )
        found: dict[str, KnownSighting] = {}
        some = chosen.where(is_one_of(self._connection, columns.id, set(sighting_ids))).order_by(columns.id)
        for row in self._connection.execute(some.with_for_update()):
            come = progress_of(Stage(row.stage), row.frames, row.told_unix_s)
            found[row.id] = KnownSighting(come, Status(row.status), row.media_id)
        return found

    def write(self, updates: Sequence[SightingUpdate], there: Collection[str]) -> None:
        """Write the last word about each of several tracks, without a look at what was said before.

        Args:
            updates: one a track.
            there: identifiers of those that have a row.
        """
        new = [new_values(each.told, each.media_id) for each in updates if each.told.id not in there]
        later = [told_values(each.told, each.media_id) for each in updates if each.told.id in there]
        insert_rows(self._connection, SIGHTINGS, new)
        update_rows(self._connection, SIGHTINGS, later)

    def get(self, sighting_id: str) -> SightingRecord | None:
        """The sighting of this identifier, or None."""
        chosen = select(SIGHTINGS).where(SIGHTINGS.c.id == sighting_id)
        row = self._connection.execute(chosen).mappings().first()
        return None if row is None else read_sighting(row)

    def get_many(self, sighting_ids: Collection[str]) -> dict[str, SightingRecord]:
        """Those of these sightings that are there."""
        some = select(SIGHTINGS).where(is_one_of(self._connection, SIGHTINGS.c.id, sighting_ids))
        return {row["id"]: read_sighting(row) for row in self._connection.execute(some).mappings()}

    def page(self, wanted: SightingFilter, query: PageQuery) -> Page[SightingRecord]:
        """A part of the sightings that are wanted, by when they were first seen. Raises BadCursor."""
        return read_sightings(self._connection, wanted, query)

    def count(self, wanted: SightingFilter, most: int = _MOST_COUNTED) -> Count:
        """How many are wanted; counting stops at `most`."""
        return count_sightings(self._connection, wanted, most)

    def judge(
        self, sighting_id: str, verdict: Verdict, by: str, comment: str = "", *, version: int
    ) -> SightingRecord:
        """Write down what somebody said about a sighting that still has the version that they read.

        Raises:
            Missing: it is not there.
            Stale: it has another version.
            Unstorable: a text is too long.
        """
        values = {"verdict": verdict.value, "verdict_by": by, "comment": comment}
        self._rows.change(sighting_id, values, version=version)
        chosen = select(SIGHTINGS).where(SIGHTINGS.c.id == sighting_id)
        return read_sighting(self._connection.execute(chosen).mappings().one())

    def of_person(self, person: PersonId, at_most: int) -> tuple[SightingRecord, ...]:
        """Some sightings of somebody, the oldest first."""
        chosen = select(SIGHTINGS).where(SIGHTINGS.c.person_id == person)
        ordered = chosen.order_by(SIGHTINGS.c.first_unix_s, SIGHTINGS.c.id).limit(at_most)
        return tuple(read_sighting(row) for row in self._connection.execute(ordered).mappings())

    def remove(self, sighting_ids: Collection[str]) -> int:
        """Remove sightings; how many of them were there. Their pictures and templates are the caller's to remove."""
        some = is_one_of(self._connection, SIGHTINGS.c.id, sighting_ids)
        return self._connection.execute(delete(SIGHTINGS).where(some)).rowcount

    def remove_pictures(self, sighting_ids: Collection[str]) -> None:
        """Note that these sightings have no picture any more."""
        some = is_one_of(self._connection, SIGHTINGS.c.id, sighting_ids)
        self._connection.execute(update(SIGHTINGS).where(some).values(media_id="", version=SIGHTINGS.c.version + 1))
