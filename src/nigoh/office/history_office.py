"""Where and when a face was seen before: a picture's, or a sighting's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nigoh.domain.audit import AuditAction
from nigoh.domain.geometry import Floats
from nigoh.domain.history import HistoryFilter, HistoryOrder, Hit, PastSighting
from nigoh.domain.page import Key, Page, PageQuery, read_cursor, write_cursor
from nigoh.domain.photo_check import PhotoFace
from nigoh.errors import Invalid, Missing
from nigoh.office.actor import Actor
from nigoh.office.photo_examiner import PhotoExaminer
from nigoh.office.track_history import TrackHistory
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tracks import TrackRows
from nigoh.storage.safe_pictures import PictureReader

MOST_HITS = 10_000
"""Of one search, the most similar: whoever gets more has asked for too little similarity."""


@dataclass(frozen=True, slots=True)
class Past:
    """What was found.

    Attributes:
        number: tracks that resemble the face, MOST_HITS at most; those that were erased a moment ago among them.
        page: some of their sightings, in the order asked for.
        faces: of the picture, the largest first; none of a sighting.
        face: which of them was looked for.
    """

    number: int
    page: Page[PastSighting]
    faces: tuple[PhotoFace, ...] = ()
    face: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """A probe (D,) and what is asked of it; `about`: the sighting that it is of, or ""."""

    probe: Floats
    wanted: HistoryFilter
    query: PageQuery
    about: str = ""


class HistoryOffice:
    """Searches the past. Any thread. Each page is a search of its own, and is written down as one.

    Args:
        database: sightings; where searches are written down.
        examiner: finds and describes faces.
        history: the templates of past tracks.
        now: seconds since 1970.
        reader: decodes what was sent.
    """

    def __init__(
        self,
        database: Database,
        examiner: PhotoExaminer,
        history: TrackHistory,
        *,
        now: Callable[[], float],
        reader: PictureReader | None = None,
    ) -> None:
        self._database = database
        self._examiner = examiner
        self._history = history
        self._now = now
        self._reader = reader or PictureReader()

    def search_picture(
        self, actor: Actor, picture: bytes, wanted: HistoryFilter, query: PageQuery, *, face: int = 0
    ) -> Past:
        """Past sightings of a face of a picture, which is not kept.

        Args:
            actor: who asks.
            picture: the file.
            wanted: which; its cameras are those that the actor may see.
            query: which part of the list.
            face: which face, the largest is 0.

        Raises:
            PhotoError: the picture cannot be read.
            Invalid: it has no such face.
            BadCursor: the cursor is none of this list.
        """
        photo = self._examiner.examine([self._reader.read(picture, "picture")], every_face=True)[0]
        if face not in photo.embedded:
            raise Invalid(
                "face", f"the picture has {len(photo.embedded)} faces, counted from 0", "Choose one of them."
            )
        probe = self._history.turned(photo.template_of(face))
        number, page = self._search(actor, _Question(probe, wanted, query))
        return Past(number, page, photo.faces, face)

    def search_like(self, actor: Actor, sighting_id: str, wanted: HistoryFilter, query: PageQuery) -> Past:
        """Past sightings of whoever was seen in one, itself left out; whether the actor may see it is the caller's.

        Raises:
            Missing: its template is not there, or not any more.
            BadCursor: the cursor is none of this list.
        """
        probe = self._history.template_of(sighting_id)
        if probe is None:
            raise Missing("template of the sighting", sighting_id)
        return Past(*self._search(actor, _Question(probe, wanted, query, sighting_id)))

    def _search(self, actor: Actor, asked: "_Question") -> tuple[int, Page[PastSighting]]:
        wanted, cursor = asked.wanted, asked.query.cursor
        place = None if cursor is None else read_cursor(cursor, _order_name(wanted), [float, str])
        hits = [hit for hit in self._history.search(asked.probe, wanted) if hit.id != asked.about]
        hits = sorted(hits, key=_likeness)[:MOST_HITS]
        key = _KEYS[wanted.order]
        if wanted.order is HistoryOrder.TIME:
            hits.sort(key=key)
        rest = hits if place is None else [hit for hit in hits if key(hit) > place]
        page = self._page(rest, asked.query.limit, wanted)
        with self._database.begin() as connection:
            detail = {"history": True, "found": len(hits), "shown": len(page.items), "least": wanted.least}
            kind = "sighting" if asked.about else "face"
            Audit(connection).write(actor.event(AuditAction.SEARCH, kind, asked.about, detail), self._now())
        return len(hits), page

    def _page(self, hits: Sequence[Hit], limit: int, wanted: HistoryFilter) -> Page[PastSighting]:
        """The first of these that are still there."""
        shown: list[tuple[Hit, PastSighting]] = []
        for start in range(0, len(hits), limit + 1):
            some = hits[start : start + limit + 1]
            with self._database.read() as connection:
                there = TrackRows(connection).there([hit.id for hit in some])
                found = Sightings(connection).get_many(there)
            shown += [
                (hit, PastSighting(found[hit.id], hit.score))
                for hit in some
                if hit.id in found and (wanted.cameras is None or found[hit.id].camera in wanted.cameras)
            ]
            if len(shown) > limit:
                last = _KEYS[wanted.order](shown[limit - 1][0])
                return Page(tuple(past for _, past in shown[:limit]), write_cursor(_order_name(wanted), last))
        return Page(tuple(past for _, past in shown))


def _likeness(hit: Hit) -> Key:
    return (-hit.score, hit.id)


def _newest(hit: Hit) -> Key:
    return (-hit.first_unix_s, hit.id)


_KEYS = {HistoryOrder.LIKENESS: _likeness, HistoryOrder.TIME: _newest}


def _order_name(wanted: HistoryFilter) -> str:
    return f"history-{wanted.order.value}"
