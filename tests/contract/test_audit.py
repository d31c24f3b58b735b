"""The audit keeps its promises on every database."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from nigoh.domain.audit import AuditAction, AuditEntry, AuditEvent
from nigoh.domain.audit_filter import AuditFilter
from nigoh.domain.page import PageQuery
from nigoh.errors import NigohError
from nigoh.storage.audit import Audit
from nigoh.storage.audit.chain import verify
from nigoh.storage.audit.guard import guard, unguard
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import AUDIT, SETTINGS

ENROL = AuditEvent(
    action=AuditAction.ENROL,
    actor="dilnoza",
    address="10.0.0.7",
    target_kind="person",
    target_id="01j8",
    reason="badge photo",
    detail={"photos": 3, "quality": 0.1, "bulk": True, "group": "Ўқитувчилар"},
)


def write(database: Database, *events: AuditEvent) -> list[AuditEntry]:
    with database.begin() as connection:
        return [Audit(connection).write(event, 1e9 + number) for number, event in enumerate(events)]


def test_what_was_written_is_read_back(database: Database) -> None:
    (written,) = write(database, ENROL)
    with database.read() as connection:
        assert Audit(connection).get(1) == written == Audit(connection).newest()
    assert written.event == ENROL


def test_a_chain_that_was_read_back_is_whole(database: Database) -> None:
    odd = AuditEvent(action=AuditAction.LOGIN_REFUSED, actor="a\0\ud800'\"" + "x" * 999, detail={"x": float("nan")})
    write(database, ENROL, odd, ENROL)
    with database.read() as connection:
        report = verify(Audit(connection).stored())
    assert (report.entries, report.first_break) == (3, None)


def test_an_entry_goes_with_the_transaction_that_is_undone_and_leaves_no_gap(database: Database) -> None:
    write(database, ENROL)

    def undone() -> None:
        with database.begin() as connection:
            Audit(connection).write(ENROL, 0)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    assert [entry.number for entry in write(database, ENROL)] == [2]


def test_many_writers_leave_no_gap_and_one_chain(database: Database) -> None:
    writers, each = 8, 12
    start = threading.Barrier(writers)

    def work(writer: int) -> None:
        start.wait(timeout=10)
        for number in range(each):
            with database.begin() as connection:
                if number % 3 == 0:  # something else is written first, as by those who use it
                    key = f"{writer}-{number}"
                    connection.execute(insert(SETTINGS).values(key=key, value=1, updated_unix_s=0.0, version=1))
                Audit(connection).write(ENROL, 1e9)

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(work, range(writers)))
    with database.read() as connection:
        report = verify(Audit(connection).stored())
    assert (report.entries, report.first_break) == (writers * each, None)


def test_entries_are_found_by_who_what_and_when_newest_first(database: Database) -> None:
    view = AuditEvent(action=AuditAction.VIEW_FACE, actor="timur", target_kind="sighting", target_id="s1")
    write(database, ENROL, view, ENROL, view, view)

    def found(wanted: AuditFilter) -> list[int]:
        with database.read() as connection:
            return [entry.number for entry in Audit(connection).page(wanted, PageQuery()).items]

    assert found(AuditFilter()) == [5, 4, 3, 2, 1]
    assert found(AuditFilter(actor="timur")) == [5, 4, 2]
    assert found(AuditFilter(actor="' OR 1=1 --")) == []
    assert found(AuditFilter(actions=frozenset({AuditAction.ENROL}))) == [3, 1]
    assert found(AuditFilter(target_kind="sighting", target_id="s1", since_unix_s=1e9 + 2)) == [5, 4]
    assert found(AuditFilter(until_unix_s=1e9 + 2)) == [2, 1]


def test_pages_follow_each_other_while_entries_are_added(database: Database) -> None:
    write(database, *[ENROL] * 5)
    seen: list[int] = []
    cursor: str | None = None
    for _ in range(3):
        with database.read() as connection:
            page = Audit(connection).page(AuditFilter(), PageQuery(limit=2, cursor=cursor))
        seen += [entry.number for entry in page.items]
        cursor = page.next_cursor
        write(database, ENROL)
    assert seen == [5, 4, 3, 2, 1]
    assert cursor is None


def test_the_database_refuses_to_change_or_remove_an_entry(database: Database) -> None:
    write(database, ENROL, ENROL)
    one = AUDIT.c.number == 1
    for attempt in (
        update(AUDIT).where(one).values(actor="nobody"),
        delete(AUDIT).where(one),
        delete(AUDIT),
        insert(AUDIT).from_select(list(AUDIT.c), select(AUDIT.c.number + 5, *list(AUDIT.c)[1:]).where(one)),
    ):
        with pytest.raises((DBAPIError, NigohError)), database.begin() as connection:
            connection.execute(attempt)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(AUDIT)).scalar_one() == 2


def test_sqlite_refuses_to_replace_an_entry(sqlite_database: Database) -> None:
    write(sqlite_database, ENROL)
    replacing = text("INSERT OR REPLACE INTO audit SELECT * FROM audit")
    with pytest.raises((DBAPIError, NigohError)), sqlite_database.begin() as connection:
        connection.execute(replacing)


def test_postgresql_refuses_to_empty_the_audit(postgresql_database: Database) -> None:
    write(postgresql_database, ENROL)
    with pytest.raises((DBAPIError, NigohError)), postgresql_database.begin() as connection:
        connection.execute(text("TRUNCATE audit"))


def test_what_was_changed_without_the_guard_is_found(database: Database) -> None:
    write(database, ENROL, ENROL, ENROL)
    with database.begin() as connection:
        for statement in unguard(database.dialect):
            connection.exec_driver_sql(statement)
        connection.execute(update(AUDIT).where(AUDIT.c.number == 2).values(action="no such thing"))
        for statement in guard(database.dialect):
            connection.exec_driver_sql(statement)
    with database.read() as connection:
        found = verify(Audit(connection).stored()).first_break
        assert found is not None
        assert found.number == 2
        with pytest.raises(NigohError, match="nigoh audit verify"):
            list(Audit(connection).entries())
