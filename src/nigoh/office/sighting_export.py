"""Sightings handed out as a file: to be worked on, printed, or put on record. It is written down."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import IO

from sqlalchemy import Connection

from nigoh.domain.audit import AuditAction
from nigoh.domain.page import PageQuery
from nigoh.domain.records import SightingRecord, Verdict
from nigoh.domain.sighting import PersonId, Status
from nigoh.domain.sighting_filter import SightingFilter
from nigoh.errors import Invalid, Missing, VaultError
from nigoh.office.actor import Actor
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.media import MediaStore
from nigoh.storage.safe_csv import safe_csv
from nigoh.storage.sheet import Cell, Sheet, SheetColumn
from nigoh.storage.sheet_pdf import write_pdf
from nigoh.storage.sheet_xlsx import write_xlsx

_PAGE = 500

CSV_COLUMNS = (
    "id", "camera", "status", "person", "person_name", "score", "threshold", "first_at", "last_at", "quality",
    "verdict", "verdict_by", "comment",
)  # fmt: skip


class SightingFile(StrEnum):
    """A format of the file."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


MOST_ROWS = {SightingFile.CSV: 100_000, SightingFile.XLSX: 20_000, SightingFile.PDF: 1_000}
"""Of a file: as many as people, and the programs that open it, still cope with."""

MOST_PICTURES = 200
"""Of a PDF with faces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetWords:
    """What stands in a file that people read, in their language.

    Attributes:
        title: above it.
        about: below the title, for a number of sightings.
        picture, first_seen, last_seen, camera, status, person, score, threshold, verdict, verdict_by, comment: the
            headings.
        statuses, verdicts: what each is called.
        local: a moment, seconds since 1970, as clocks show it there, without a zone.
    """

    title: str
    about: Callable[[int], str]
    picture: str
    first_seen: str
    last_seen: str
    camera: str
    status: str
    person: str
    score: str
    threshold: str
    verdict: str
    verdict_by: str
    comment: str
    statuses: Mapping[Status, str]
    verdicts: Mapping[Verdict, str]
    local: Callable[[float], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingOrder:
    """What is asked for.

    Attributes:
        wanted: which sightings.
        file: the format.
        names: people are named.
        pictures: of a PDF: faces are in it.
    """

    wanted: SightingFilter
    file: SightingFile
    names: bool
    pictures: bool = False

    @property
    def most(self) -> int:
        """So many sightings at most."""
        has_pictures = self.pictures and self.file is SightingFile.PDF
        return MOST_PICTURES if has_pictures else MOST_ROWS[self.file]


class SightingExporter:
    """Exports sightings. Any thread.

    Args:
        database: transactions.
        media: where the pictures are.
        now: seconds since 1970.
    """

    def __init__(self, database: Database, media: MediaStore, *, now: Callable[[], float]) -> None:
        self._database = database
        self._media = media
        self._now = now

    def export(self, actor: Actor, target: IO[bytes], order: SightingOrder, words: SheetWords) -> int:
        """Write the sightings to a file; how many there are. It is written down before anything is handed out.

        Raises:
            Invalid: there are too many for a file of this format.
            OSError: the target cannot be written.
        """
        count = self._begin(actor, order)
        if order.file is SightingFile.CSV:
            for line in safe_csv(CSV_COLUMNS, (_plain(each, name) for each, name, _ in self._rows(order))):
                target.write(line)
            return count
        sheet = self._sheet(order, words, count)
        (write_xlsx if order.file is SightingFile.XLSX else write_pdf)(target, sheet)
        return count

    def _begin(self, actor: Actor, order: SightingOrder) -> int:
        with self._database.begin() as connection:
            count = Sightings(connection).count(order.wanted, order.most)
            if not count.exact:
                raise Invalid(
                    "file",
                    f"more than {order.most} sightings fit, and a file of this kind holds no more",
                    "Choose a shorter time, fewer cameras, or CSV.",
                )
            detail = {"file": order.file.value, "sightings": count.number, "pictures": order.pictures}
            Audit(connection).write(actor.event(AuditAction.EXPORT, "sightings", "", detail), self._now())
        return count.number

    def _sheet(self, order: SightingOrder, words: SheetWords, count: int) -> Sheet:
        columns: tuple[SheetColumn, ...] = (
            SheetColumn(words.first_seen, 19), SheetColumn(words.last_seen, 19), SheetColumn(words.camera, 18),
            SheetColumn(words.status, 12), SheetColumn(words.person, 24), SheetColumn(words.score, 12),
            SheetColumn(words.threshold, 11), SheetColumn(words.verdict, 16), SheetColumn(words.verdict_by, 12),
            SheetColumn(words.comment, 32),
        )  # fmt: skip
        rows: Iterator[tuple[Cell, ...]] = (_shown(each, name, words) for each, name, _ in self._rows(order))
        if order.pictures and order.file is SightingFile.PDF:
            columns = (SheetColumn(words.picture, 10), *columns)
            rows = ((face, *_shown(each, name, words)) for each, name, face in self._rows(order))
        return Sheet(words.title, words.about(count), columns, rows)

    def _rows(self, order: SightingOrder) -> Iterator[tuple[SightingRecord, str, bytes | None]]:
        """Each sighting with its person's name and its picture, in short transactions."""
        cursor: str | None = None
        left = order.most
        while left > 0:
            with self._database.read() as connection:
                page = Sightings(connection).page(order.wanted, PageQuery(min(_PAGE, left), cursor))
                names = _names(connection, page.items) if order.names else {}
                pictures = [self._picture(connection, each) if order.pictures else None for each in page.items]
            for each, picture in zip(page.items, pictures, strict=True):
                yield each, names.get(each.person or PersonId(""), ""), picture
            left -= len(page.items)
            cursor = page.next_cursor
            if cursor is None:
                return

    def _picture(self, connection: Connection, sighting: SightingRecord) -> bytes | None:
        if not sighting.media_id:
            return None
        try:
            return self._media.get(connection, sighting.media_id)[1]
        except (Missing, VaultError):
            return None


def _names(connection: Connection, sightings: tuple[SightingRecord, ...]) -> dict[PersonId, str]:
    wanted = {each.person for each in sightings if each.person is not None}
    return {person: found.name for person, found in People(connection).get_many(wanted).items()}


def _plain(each: SightingRecord, name: str) -> tuple[str, ...]:
    return (
        each.id, each.camera, each.status, each.person or "", name, f"{each.score:.4f}", f"{each.threshold:.4f}",
        _time(each.first_unix_s), _time(each.last_unix_s), f"{each.quality:.3f}", each.verdict, each.verdict_by,
        each.comment,
    )  # fmt: skip


def _shown(each: SightingRecord, name: str, words: SheetWords) -> tuple[Cell, ...]:
    return (
        words.local(each.first_unix_s), words.local(each.last_unix_s), each.camera, words.statuses[each.status],
        name or each.person or "", each.score, each.threshold, words.verdicts[each.verdict], each.verdict_by,
        each.comment,
    )  # fmt: skip


def _time(unix_s: float) -> str:
    return f"{datetime.fromtimestamp(unix_s, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
