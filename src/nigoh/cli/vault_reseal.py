"""`nigoh vault reseal`: another data key for one scope."""

import time

import click

from nigoh.cli.database_options import database_options
from nigoh.cli.system_user import command_actor
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.storage.audit.log import Audit
from nigoh.storage.vault.resealing import reseal_scope
from nigoh.storage.vault.scopes import check_scope


@click.command("reseal", short_help="Seal everything of a person or a day under a new data key.")
@click.argument("scope")
@database_options
def command(deployment: Deployment, scope: str) -> None:
    """Seal everything in SCOPE under a new data key, while nigoh runs.

    SCOPE is person:ID, unknown:YYYY-MM-DD (people who match nobody, by day), camera (all credentials) or
    installation. The key that it had is kept, as backups need it. Whatever interrupts it, run it again.
    """
    try:
        check_scope(scope)
    except ValueError as error:
        raise click.UsageError(f"{error}: it is person:ID, unknown:YYYY-MM-DD, camera or installation") from error
    pieces = reseal_scope(deployment.database, deployment.media, scope, time.time())
    event = AuditEvent(
        action=AuditAction.KEY_ROTATION,
        actor=command_actor(),
        target_kind="data-key",
        target_id=scope,
        detail={"pieces": pieces},
    )
    with deployment.database.begin() as connection:
        Audit(connection).write(event, time.time())
    output.print(f"{pieces} pieces are sealed under a new data key", markup=False)
