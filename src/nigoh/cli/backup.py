"""`nigoh backup`: everything that lasts in one file."""

import time
from pathlib import Path

import click

from nigoh.cli.database_options import database_options
from nigoh.cli.system_user import command_actor
from nigoh.cli.terminal import output, report_note
from nigoh.deployment_wiring import Deployment
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.storage.audit.log import Audit
from nigoh.storage.backup import write_backup


@click.command("backup", short_help="Back up the database, photos and crops, also while nigoh runs.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keys-to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="KEYS",
    help="Keep the data keys out of the backup and write them to this file, replacing those of the last backup.",
)
@database_options
def command(deployment: Deployment, file: Path, keys_to: Path | None) -> None:
    """Write a backup into FILE, a new tar file: the database as it is at one moment, photos and crops.

    What is sealed stays sealed, and the master key is not in it: keep that elsewhere. Recordings, nigoh.toml and
    models are not in it either.
    """
    now = time.time()
    summary = write_backup(file, deployment.database, deployment.media, now, keys_to=keys_to)
    event = AuditEvent(
        action=AuditAction.BACKUP,
        actor=command_actor(),
        detail={"rows": sum(summary.rows.values()), "pictures": summary.pictures, "keys_apart": keys_to is not None},
    )
    with deployment.database.begin() as connection:
        Audit(connection).write(event, time.time())
    size = file.stat().st_size / 1e6
    people = summary.rows["person"]
    output.print(f"{file}: {size:.1f} MB, {people} people, {summary.pictures} pictures", markup=False)
    if summary.missing:
        report_note(
            f"note: the files of {len(summary.missing)} pictures are missing, the first is {summary.missing[0]}"
        )
