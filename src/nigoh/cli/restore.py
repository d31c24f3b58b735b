"""`nigoh restore`: a backup becomes an installation."""

import time
from pathlib import Path

import click

from nigoh.cli.database_options import settings_options
from nigoh.cli.system_user import command_actor
from nigoh.cli.terminal import output, report_note
from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.deployment_wiring import open_deployment, restore_deployment
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.storage.audit.log import Audit


@click.command("restore", short_help="Restore a backup into an empty place.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="KEYS",
    help="The data keys, if they were kept apart from the backup.",
)
@settings_options
def command(settings: DeploymentSettings, file: Path, keys: Path | None) -> None:
    """Restore the backup FILE into an empty data folder and an empty database, of either kind.

    The master key has to be there. Every byte is checked before anything is written. Who was erased since the backup
    was made is not restored.
    """
    restored = restore_deployment(settings, file, keys, time.time())
    event = AuditEvent(
        action=AuditAction.RESTORE,
        actor=command_actor(),
        detail={"rows": restored.rows, "pictures": restored.pictures, "erased": len(restored.erased)},
    )
    with open_deployment(settings) as deployment, deployment.database.begin() as connection:
        Audit(connection).write(event, time.time())
    output.print(f"{settings.data}: {restored.rows} rows, {restored.pictures} pictures", markup=False)
    if restored.erased:
        report_note(f"note: {len(restored.erased)} people were erased since the backup was made, and stay erased")
    if restored.missing:
        report_note(f"note: the backup lacks the files of {restored.missing} pictures")
