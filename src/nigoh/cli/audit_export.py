"""`nigoh audit export`: entries of the audit in a file."""

import os
import time
from pathlib import Path

import click

from nigoh.cli.audit_options import filter_options
from nigoh.cli.database_options import settings_options
from nigoh.cli.system_user import command_actor
from nigoh.cli.terminal import output
from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.audit_filter import AuditFilter
from nigoh.errors import OutputError
from nigoh.storage.audit import Audit
from nigoh.storage.audit.lines import csv_lines, json_lines
from nigoh.storage.database.database import Database


@click.command("export", short_help="Write entries into a file: JSON lines or CSV.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@settings_options
@filter_options
def command(wanted: AuditFilter, settings: DeploymentSettings, file: Path) -> None:
    """Write entries into FILE, oldest first: JSON lines, or CSV if its name ends in .csv. Exports are written down.

    JSON lines hold what the hashes are taken over: with all entries anybody can check the chain without nigoh.
    """
    as_csv = file.suffix.lower() == ".csv"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise OutputError(f"{file} exists already", "Choose another name: it is not overwritten.") from error
    except OSError as error:
        raise OutputError.of(file, error) from error
    lines = 0
    with os.fdopen(handle, "wb") as target, Database(settings.database) as database:
        event = AuditEvent(action=AuditAction.EXPORT, actor=command_actor(), target_kind="audit")
        with database.begin() as connection:
            Audit(connection).write(event, time.time())
        with database.read() as connection:
            try:
                entries = Audit(connection).entries(wanted)
                for line in csv_lines(entries) if as_csv else json_lines(entries):
                    target.write(line)
                    lines += 1
            except OSError as error:
                raise OutputError.of(file, error) from error
    output.print(f"{lines - as_csv} entries in {file}", markup=False)
