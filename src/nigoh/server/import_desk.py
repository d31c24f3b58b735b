"""Imports that somebody sent: one at a time in a thread of its own, with its progress and its report."""

import logging
import os
import tempfile
import threading
import zipfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import anyio

from nigoh.domain.identifiers import new_id
from nigoh.errors import EnrolmentError, Missing, NigohError, OutputError
from nigoh.office.actor import Actor
from nigoh.office.bulk_import import BulkImport, ImportOptions
from nigoh.office.import_report import ImportProgress, ImportReport
from nigoh.storage.people_archive import TABLE, ZipPhotos
from nigoh.storage.people_table import MOST_BYTES

_log = logging.getLogger(__name__)

_JOIN_S = 10.0
_MOST_KEPT = 20
_SUFFIX = ".upload"


class ImportRunning(NigohError):
    """Another import goes on."""

    def __init__(self) -> None:
        super().__init__("another import goes on", "Wait for its end, or cancel it.")


class ImportState(StrEnum):
    """Where an import is. FAILED: nothing more could be saved; what was saved before stays."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass
class Import:
    """An import. Owner: the thread that does it; others read whole values.

    Attributes:
        id: names it until the server ends.
        begun_unix_s: when it began.
        state: where it is.
        progress: how far.
        report: what became of it, at its end.
        problem: why it failed, or "".
        cancelled: set to end it after the photos at hand.
    """

    id: str
    begun_unix_s: float
    state: ImportState = ImportState.RUNNING
    progress: ImportProgress = field(default_factory=lambda: ImportProgress(0, 0, 0, 0))
    report: ImportReport | None = None
    problem: str = ""
    cancelled: threading.Event = field(default_factory=threading.Event)


class ImportDesk:
    """Takes archives and does imports. Any thread; a context manager: at its end an import is cancelled and joined.

    An archive lies on the disk unsealed only while it comes: as soon as it is opened, it has no name any more.

    Args:
        new_import: begins an import.
        folder: where archives are put while they come; for its owner alone.
        unix_s: seconds since 1970.
    """

    def __init__(
        self, new_import: Callable[[ImportOptions], BulkImport], folder: Path, unix_s: Callable[[], float]
    ) -> None:
        self._new_import = new_import
        self._folder = folder
        self._unix_s = unix_s
        self._imports: OrderedDict[str, Import] = OrderedDict()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Remove what a server that was killed had begun to receive."""
        for left in self._folder.glob(f"*{_SUFFIX}"):
            left.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            thread = self._thread
            for each in self._imports.values():
                each.cancelled.set()
        if thread is not None:
            thread.join(_JOIN_S)

    def scratch(self) -> IO[bytes]:
        """A file without a name, which is gone when it is closed. Raises OutputError."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return tempfile.TemporaryFile(dir=self._folder)
        except OSError as error:
            raise OutputError.of(self._folder, error) from error

    async def receive(self, chunks: AsyncIterator[bytes], *, is_table: bool) -> ZipPhotos:
        """Take an archive, or a table of people without photos. Raises OutputError; EnrolmentError: it is none."""
        path = await anyio.to_thread.run_sync(self._new_file)
        try:
            async with await anyio.open_file(path, "wb") as file:
                async for chunk in chunks:
                    await file.write(chunk)
            return await anyio.to_thread.run_sync(_opened, path, is_table)
        except OSError as error:
            raise OutputError.of(path, error) from error
        finally:
            path.unlink(missing_ok=True)

    def begin(self, actor: Actor, source: ZipPhotos, options: ImportOptions) -> Import:
        """Begin an import; the source is closed at its end. Raises ImportRunning."""
        now = self._unix_s()
        begun = Import(id=new_id(now), begun_unix_s=now)
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                with source:
                    raise ImportRunning
            self._imports[begun.id] = begun
            while len(self._imports) > _MOST_KEPT:
                self._imports.popitem(last=False)
            self._thread = threading.Thread(
                target=self._run, args=(begun, actor, source, options), name="import", daemon=True
            )
            self._thread.start()
        return begun

    def get(self, import_id: str) -> Import:
        """An import. Raises Missing."""
        with self._lock:
            found = self._imports.get(import_id)
        if found is None:
            raise Missing("import", import_id)
        return found

    def all(self) -> list[Import]:
        """The last imports, the newest first."""
        with self._lock:
            return list(reversed(self._imports.values()))

    def _run(self, begun: Import, actor: Actor, source: ZipPhotos, options: ImportOptions) -> None:
        def note(progress: ImportProgress) -> None:
            begun.progress = progress

        state = ImportState.FAILED
        try:
            with source:
                begun.report = self._new_import(options).run(
                    actor, source, on_progress=note, is_cancelled=begun.cancelled.is_set
                )
            state = ImportState.CANCELLED if begun.report.cancelled else ImportState.DONE
        except NigohError as error:
            _log.error("an import has ended early: %s", error)
            begun.problem = str(error)
        finally:
            begun.state = state

    def _new_file(self) -> Path:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, path = tempfile.mkstemp(dir=self._folder, suffix=_SUFFIX)
        except OSError as error:
            raise OutputError.of(self._folder, error) from error
        os.close(handle)
        return Path(path)


def _opened(path: Path, is_table: bool) -> ZipPhotos:
    if is_table:
        if path.stat().st_size > MOST_BYTES:
            raise EnrolmentError(f"the table has more than {MOST_BYTES >> 20} MB", "Split it.")
        table = path.read_bytes()
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(TABLE, table)
    return ZipPhotos(path)
