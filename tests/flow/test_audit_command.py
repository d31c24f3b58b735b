"""`nigoh audit` as whoever administers or audits meets it."""

import csv
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from nigoh.cli.audit import command
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.errors import ConfigError, OutputError
from nigoh.storage.audit import Audit
from nigoh.storage.audit.guard import unguard
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import AUDIT

EVENTS = (
    AuditEvent(action=AuditAction.LOGIN, actor="dilnoza", address="10.0.0.7"),
    AuditEvent(action=AuditAction.ENROL, actor="aziz", target_kind="person", target_id="01j8", detail={"photos": 2}),
    AuditEvent(action=AuditAction.LOGIN_REFUSED, actor='=HYPERLINK("http://evil.com","x")\x1b[2J'),
    AuditEvent(action=AuditAction.EXPORT, actor="timur", target_kind="person", target_id="01j8", reason="Суд"),
)  # fmt: skip


@pytest.fixture
def address(sqlite_database: Database) -> str:
    with sqlite_database.begin() as connection:
        for number, event in enumerate(EVENTS):
            Audit(connection).write(event, 1_795_356_185.25 + number * 86_400)
    return str(sqlite_database.engine.url)


def run(*arguments: str | Path) -> Result:
    return CliRunner(catch_exceptions=False).invoke(command, [str(each) for each in arguments], standalone_mode=False)


def tamper(database: Database, number: int) -> None:
    with database.begin() as connection:
        for statement in unguard("sqlite"):
            connection.exec_driver_sql(statement)
        connection.execute(update(AUDIT).where(AUDIT.c.number == number).values(reason="none"))


def test_a_whole_audit_is_called_whole(address: str) -> None:
    done = run("verify", "--database", address)
    assert done.return_value == 0
    assert "whole    4 entries" in done.stdout


def test_the_first_broken_entry_is_named_and_scripts_are_told(address: str, sqlite_database: Database) -> None:
    tamper(sqlite_database, 3)
    done = run("verify", "--database", address)
    assert done.return_value == 1
    assert "BROKEN   entry 3 (changed)" in done.stdout
    told = json.loads(run("verify", "--json", "--database", address).stdout)
    assert told["first_break"]["number"] == 3


def test_an_end_that_was_cut_off_shows_against_what_was_noted(
    address: str, sqlite_database: Database, tmp_path: Path
) -> None:
    noted = tmp_path / "anchor"
    assert run("anchor", noted, "--database", address).stdout.startswith("4 ")
    assert run("verify", "--anchor", noted, "--database", address).stdout.count("1 noted heads are right") == 1
    with sqlite_database.begin() as connection:
        for statement in unguard("sqlite"):
            connection.exec_driver_sql(statement)
        connection.execute(AUDIT.delete().where(AUDIT.c.number > 2))
    assert "whole    2 entries" in run("verify", "--database", address).stdout
    told = run("verify", "--anchor", noted, "--database", address).stdout
    assert "BROKEN   entry 3 (truncated): entries 3 to 4 are cut off at the end" in told


def test_a_file_that_is_no_anchor_is_named(address: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"number": 1}\n')
    with pytest.raises(ConfigError, match="line 1"):
        run("verify", "--anchor", tmp_path / "a", "--database", address)
    with pytest.raises(ConfigError, match="nigoh audit anchor FILE"):
        run("verify", "--anchor", tmp_path / "missing", "--database", address)


def test_entries_are_chosen_by_who_what_whom_and_when(address: str) -> None:
    def found(*options: str) -> list[int]:
        lines = run("list", "--json", *options, "--database", address).stdout.splitlines()
        return [json.loads(line)["number"] for line in lines]

    assert found() == [4, 3, 2, 1]
    assert found("--actor", "timur") == [4]
    assert found("--action", "login", "--action", "enrol") == [2, 1]
    assert found("--target", "person:01j8") == [4, 2]
    assert found("--since", "2026-11-23", "--until", "2026-11-24") == [2]
    assert found("--limit", "1") == [4]


def test_a_table_moves_no_cursor(address: str) -> None:
    told = run("list", "--database", address).stdout
    assert "\x1b[2J" not in told
    assert "person:01j8" in told
    assert "Суд" in told


def test_an_export_can_be_verified_without_nigoh(address: str, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    assert "5 entries" in run("export", file, "--database", address).stdout
    previous = "0" * 64
    entries = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for entry in entries:
        fields = ("number", "microseconds", "action", "actor", "address", "target_kind", "target_id", "reason")
        parts = ["nigoh-audit", 1, *(entry[field] for field in fields), entry["detail"], previous]
        text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert entry["hash"] == previous
    assert entries[-1]["action"] == "export"
    assert file.stat().st_mode & 0o077 == 0


def test_a_spreadsheet_obeys_no_cell_of_an_export(address: str, tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"
    assert "5 entries" in run("export", file, "--database", address).stdout
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert rows[2]["actor"].startswith("'=HYPERLINK")
    assert not any(cell[:1] in tuple("=+-@\t\r") for row in rows for cell in row.values() if cell)


def test_an_export_overwrites_nothing(address: str, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        run("export", file, "--database", address)
    assert file.read_text() == "mine"
