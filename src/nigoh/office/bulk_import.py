"""Many people at once: photos are decoded, examined and saved side by side, a batch a transaction.

The same import twice adds nothing: people are found by their identifiers or names, photos by their fingerprints and
by their faces. An import that was ended, by whatever, is begun again in the same way.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice

from nigoh.domain.audit import AuditAction
from nigoh.domain.identifiers import new_id
from nigoh.domain.import_plan import PlannedPerson
from nigoh.domain.people import Photo, WatchList
from nigoh.domain.photo_check import PhotoOutcome
from nigoh.domain.records import EventKind
from nigoh.domain.sighting import PersonId
from nigoh.errors import PhotoError
from nigoh.office.actor import Actor
from nigoh.office.import_entries import Entry, make_entries, resolve
from nigoh.office.import_report import ImportedPhoto, ImportProgress, ImportReport, OnProgress, ignore_progress
from nigoh.office.import_saver import ImportSaver, SavingParts
from nigoh.office.newcomers import Newcomers
from nigoh.office.news import tell
from nigoh.office.photo_desk import DecodedPhoto, JudgedPhoto, PhotoDesk, SentPhoto, repeated, unreadable
from nigoh.office.photo_examiner import ExaminedPhoto
from nigoh.office.photo_keeper import PhotoKeeper
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.watch_lists import WatchLists
from nigoh.storage.people_archive import PhotoSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How an import is done.

    Attributes:
        allow_look_alikes: enrol people who look like others; otherwise their photos are held back and reported.
        update: people who are enrolled already get the details of the import.
        batch: photos that are examined and saved at once: 16 fill the embedder.
        decoders: threads that decode.
    """

    allow_look_alikes: bool = False
    update: bool = False
    batch: int = 16
    decoders: int = 2


@dataclass(frozen=True, slots=True)
class _Task:
    """A photo of somebody, or, without one, somebody without photos; `last` of them."""

    entry: Entry
    photo: str | None
    last: bool


_Decoded = DecodedPhoto | JudgedPhoto | None
_Seen = tuple[_Task, JudgedPhoto | tuple[DecodedPhoto, ExaminedPhoto] | None]


class BulkImport:
    """Enrols the people of a source. Used once, by one thread, which examines; others decode and save.

    Args:
        database: transactions.
        desk: looks at photos.
        keeper: keeps them.
        now: seconds since 1970.
        options: how it is done.
    """

    def __init__(
        self,
        database: Database,
        desk: PhotoDesk,
        keeper: PhotoKeeper,
        *,
        now: Callable[[], float],
        options: ImportOptions | None = None,
    ) -> None:
        self._database = database
        newcomers = Newcomers(desk.examiner.model, desk.search)
        self._desk = desk.searching(newcomers.search)
        self._keeper = keeper
        self._now = now
        self._options = how = options or ImportOptions()
        self._saving = SavingParts(self._desk, keeper, newcomers, how.allow_look_alikes, how.update)
        self._lists: dict[str, str] = {}
        self._new_lists: list[str] = []
        self._photos: list[ImportedPhoto] = []

    def run(
        self,
        actor: Actor,
        source: PhotoSource,
        *,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> ImportReport:
        """Do it. What is committed stays, whatever happens afterwards.

        Args:
            actor: who imports.
            source: whom, and their photos.
            on_progress: told after each batch, in this thread.
            is_cancelled: asked before each batch.

        Raises:
            DatabaseUnavailable, DatabaseError, OutputError, VaultError: nothing more can be saved; do it again later.
        """
        entries = make_entries(source.plan.people)
        self._make_lists(actor, source.plan.people)
        total = sum(len(entry.planned.photos) for entry in entries)
        cancelled = False
        with ExitStack() as stack:
            decoding = stack.enter_context(ThreadPoolExecutor(self._options.decoders, "nigoh-decode"))
            saving = stack.enter_context(ThreadPoolExecutor(1, "nigoh-save"))
            # Entered last, left first: whatever waits is not begun any more.
            stack.callback(decoding.shutdown, wait=False, cancel_futures=True)
            tasks = self._decoded(_tasks(entries), source, decoding)
            pending: Future[None] | None = None
            while not (cancelled := is_cancelled()) and (batch := list(islice(tasks, self._options.batch))):
                seen = self._examine(batch)
                if pending is not None:
                    pending.result()
                on_progress(self._progress(entries, total))
                pending = saving.submit(self._save, actor, seen)
            if pending is not None:
                pending.result()
        on_progress(self._progress(entries, total))
        refused = [entry.as_refusal() for entry in entries if entry.refusal]
        return ImportReport(
            people=len(entries),
            added=sum(entry.added for entry in entries),
            changed=sum(entry.changed for entry in entries),
            photos=tuple(self._photos),
            refusals=(*source.plan.refusals, *refused),
            lists=tuple(self._new_lists),
            cancelled=cancelled,
        )

    def _decoded(
        self, tasks: Iterator[_Task], source: PhotoSource, decoding: ThreadPoolExecutor
    ) -> Iterator[tuple[_Task, _Decoded]]:
        """Each task with its photo, in order; a batch and a half is decoded ahead."""
        ahead: deque[tuple[_Task, Future[_Decoded]]] = deque()
        for task in tasks:
            ahead.append((task, decoding.submit(self._decode, task, source)))
            if len(ahead) > self._options.batch * 3 // 2:
                first, decoded = ahead.popleft()
                yield first, decoded.result()
        while ahead:
            first, decoded = ahead.popleft()
            yield first, decoded.result()

    def _decode(self, task: _Task, source: PhotoSource) -> _Decoded:
        if task.photo is None or task.entry.refusal:
            return None
        try:
            return self._desk.decode(SentPhoto(source.read(task.photo), task.photo))
        except PhotoError as error:
            return unreadable(task.photo, error)

    def _examine(self, batch: Sequence[tuple[_Task, _Decoded]]) -> list[_Seen]:
        """What was seen in each photo that is neither unreadable nor there already."""
        fresh = {row: photo for row, (_, photo) in enumerate(batch) if isinstance(photo, DecodedPhoto)}
        with self._database.read() as connection:
            unresolved = {id(task.entry): task.entry for task, _ in batch if not task.entry.resolved}
            resolve(connection, list(unresolved.values()), self._lists, self._keeper, self._desk.examiner.model)
            known = self._keeper.repeated(
                connection, {each for photo in fresh.values() for each in photo.fingerprints}
            )
        seen: dict[int, _Seen] = {}
        for row, (task, photo) in enumerate(batch):
            entry = task.entry
            if not isinstance(photo, DecodedPhoto):
                seen[row] = (task, photo)
            elif entry.refusal:
                seen[row] = (task, None)
            elif entry.person and (again := _repeated(photo, entry.person.id, known)):
                seen[row] = (task, again)
        fresh = {row: photo for row, photo in fresh.items() if row not in seen}
        examined = self._desk.examiner.examine([photo.pixels for photo in fresh.values()])
        for (row, photo), found in zip(fresh.items(), examined, strict=True):
            seen[row] = (batch[row][0], (photo, found))
        return [seen[row] for row in range(len(batch))]

    def _save(self, actor: Actor, batch: Sequence[_Seen]) -> None:
        """Judge and keep a batch in one transaction; nothing of it is told of unless that is committed."""
        told: list[ImportedPhoto] = []
        with self._database.begin() as connection:
            saver = ImportSaver(connection, self._saving, self._now())
            for task, seen in batch:
                told += saver.take(task.entry, task.photo, seen, last=task.last)
            saver.write_down(actor)
        self._photos += told

    def _make_lists(self, actor: Actor, people: Sequence[PlannedPerson]) -> None:
        """Find the watch lists that the import names; those that are not there are made, as lists of known people."""
        names = sorted({name for person in people for name in person.lists})
        if not names:
            return
        now = self._now()
        with self._database.begin() as connection:
            for name in names:
                found = WatchLists(connection).find_name(name)
                if found is None:
                    found = WatchList(id=new_id(now), name=name, created_unix_s=now, updated_unix_s=now)
                    WatchLists(connection).add(found)
                    tell(connection, EventKind.SETTING_CHANGED, found.id, now)
                    event = actor.event(AuditAction.SETTING, "list", found.id, {"change": "added"})
                    Audit(connection).write(event, now)
                    self._new_lists.append(name)
                self._lists[name] = found.id

    def _progress(self, entries: Sequence[Entry], total: int) -> ImportProgress:
        enrolled = sum(photo.check.outcome is PhotoOutcome.ENROLLED for photo in self._photos)
        return ImportProgress(len(self._photos), total, enrolled, sum(entry.added for entry in entries))


def _tasks(entries: Sequence[Entry]) -> Iterator[_Task]:
    for entry in entries:
        photos = entry.planned.photos
        for number, photo in enumerate(photos, 1):
            yield _Task(entry, photo, last=number == len(photos))
        if not photos and entry.planned.by_table:
            yield _Task(entry, None, last=True)


def _repeated(photo: DecodedPhoto, person: PersonId, known: Mapping[str, tuple[Photo, ...]]) -> JudgedPhoto | None:
    """The photo as one that the person has already, if they have."""
    own = [each.id for mark in photo.fingerprints for each in known.get(mark, ()) if each.person == person]
    return repeated(photo, own[0], person) if own else None
