"""`nigoh audit anchor`: the head of the audit, to be kept where the database is not."""

import time
from pathlib import Path

import click

from nigoh.cli.database_options import settings_options
from nigoh.cli.terminal import output
from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.domain.audit_chain import Anchor
from nigoh.errors import ConfigError
from nigoh.storage.audit import Audit
from nigoh.storage.audit.anchor_file import note_anchor
from nigoh.storage.database.database import Database


@click.command("anchor", short_help="Note the newest entry outside the database.")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@settings_options
def command(settings: DeploymentSettings, file: Path | None) -> None:
    """Print the number and the hash of the newest entry, and add them to FILE.

    Keep FILE, or what is printed, where whoever owns the database cannot write: on another machine, or on paper.
    """
    with Database(settings.database) as database, database.read() as connection:
        newest = Audit(connection).newest()
    if newest is None:
        raise ConfigError("the audit has no entries yet", "Do something that is written down first.")
    if file is not None:
        note_anchor(file, Anchor(newest.number, newest.hash), time.time())
    output.print(f"{newest.number} {newest.hash}", markup=False)
