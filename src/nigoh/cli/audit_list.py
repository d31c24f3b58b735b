"""`nigoh audit list`: entries of the audit."""

import click
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from nigoh.cli.audit_options import filter_options
from nigoh.cli.database_options import settings_options
from nigoh.cli.terminal import output, report_note
from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.domain.audit import AuditEntry
from nigoh.domain.audit_filter import AuditFilter
from nigoh.domain.page import MOST_ITEMS, PageQuery
from nigoh.storage.audit import Audit
from nigoh.storage.audit.lines import json_lines, time_text
from nigoh.storage.database.database import Database


@click.command("list", short_help="Show entries, the newest first.")
@click.option(
    "--limit", type=click.IntRange(1, MOST_ITEMS), default=50, show_default=True, help="Most entries to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@settings_options
@filter_options
def command(wanted: AuditFilter, settings: DeploymentSettings, limit: int, as_json: bool) -> None:
    """Show entries of the audit, the newest first."""
    with Database(settings.database) as database, database.read() as connection:
        page = Audit(connection).page(wanted, PageQuery(limit))
    if as_json:
        for line in json_lines(page.items):
            output.print(line.decode().rstrip(), markup=False)
        return
    table = Table("number", "time (UTC)", "who", "from", "what", "to what", "why", "detail", box=SIMPLE)
    for entry in page.items:
        table.add_row(*map(Text, _cells(entry)))
    output.print(table)
    if page.next_cursor is not None:
        report_note("note: there are older ones; choose by --until, or write all: nigoh audit export FILE")


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    event = entry.event
    target = ":".join(part for part in (event.target_kind, event.target_id) if part)
    detail = ", ".join(f"{key} {value}" for key, value in event.detail.items())
    said = (event.actor, event.address, event.action.value, target, event.reason, detail)
    return str(entry.number), time_text(entry.unix_s)[:19].replace("T", " "), *map(_one_line, said)


def _one_line(text: str) -> str:
    """What somebody typed, without what would move a terminal's cursor."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
