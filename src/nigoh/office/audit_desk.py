"""The audit, for auditors: read, checked, taken along."""

import threading
from collections.abc import Callable
from typing import BinaryIO

from nigoh.domain.audit import AuditAction, AuditEntry
from nigoh.domain.audit_chain import ChainReport
from nigoh.domain.audit_filter import AuditFilter
from nigoh.domain.page import Page, PageQuery
from nigoh.errors import Missing, Throttled
from nigoh.office.actor import Actor
from nigoh.storage.audit import Audit
from nigoh.storage.audit.chain import verify
from nigoh.storage.audit.lines import csv_lines
from nigoh.storage.database.database import Database


class AuditDesk:
    """Reads the audit; nobody edits it. Any thread.

    Args:
        database: where it is.
        now: seconds since 1970.
    """

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now
        self._checking = threading.Lock()

    def page(self, wanted: AuditFilter, query: PageQuery, *, oldest_first: bool = False) -> Page[AuditEntry]:
        """A part of the entries, the newest first unless it is said. Raises BadCursor."""
        with self._database.read() as connection:
            return Audit(connection).page(wanted, query, oldest_first=oldest_first)

    def get(self, number: int) -> AuditEntry:
        """One entry. Raises Missing."""
        with self._database.read() as connection:
            found = Audit(connection).get(number)
        if found is None:
            raise Missing("entry of the audit", str(number))
        return found

    def check(self) -> ChainReport:
        """Compute the whole chain again. Raises Throttled: somebody else has that done just now."""
        if not self._checking.acquire(blocking=False):
            raise Throttled("the audit is being checked for somebody else", retry_after_s=5.0)
        try:
            with self._database.read() as connection:
                return verify(Audit(connection).stored(), ())
        finally:
            self._checking.release()

    def export(self, actor: Actor, wanted: AuditFilter, file: BinaryIO) -> None:
        """Write the entries as CSV, the oldest first. That they are taken is written down, and stands among them."""
        with self._database.begin() as connection:
            Audit(connection).write(actor.event(AuditAction.EXPORT, "audit", ""), self._now())
        with self._database.read() as connection:
            file.writelines(csv_lines(Audit(connection).entries(wanted)))
