"""`nigoh vault rotate`: another master key."""

import time

import click
from sqlalchemy import Connection

from nigoh.cli.database_options import database_options
from nigoh.cli.system_user import command_actor
from nigoh.cli.terminal import output, report_note
from nigoh.config.master_key import KeyFile
from nigoh.deployment_wiring import Deployment
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.master_key import MasterKey
from nigoh.errors import VaultError
from nigoh.storage.audit.log import Audit
from nigoh.storage.vault.rotation import one_rotation, rotate_master


@click.command("rotate", short_help="Put a new master key in the place of the one in use.")
@database_options
def command(deployment: Deployment) -> None:
    """Wrap all data keys under a new master key, while nigoh runs.

    With the key in a file the new one is made here, beside it; everything that runs finds it by itself, and the old
    one is removed at the end. Else set NIGOH_MASTER_KEY_NEXT to the new key, for all that runs and for this command.
    Whatever interrupts it, run it again.
    """
    source = deployment.settings.master_key
    with one_rotation(deployment.settings.destroyed_keys.parent):
        if isinstance(source, KeyFile) and source.was_interrupted:
            _wrap_all(deployment, source.read()[0])
            source.remove_last()
            output.print("the rotation that was interrupted is finished: the last master key is gone")
            return
        new = source.prepare_next()
        keys = _wrap_all(deployment, new)
        left = source.take_next()
    output.print(f"{keys} data keys are wrapped under the new master key {new.id[:8]}…", markup=False)
    report_note("note: backups from before now need the old master key; make a new one: nigoh backup FILE")
    if left:
        report_note(f"note: {left}")


def _wrap_all(deployment: Deployment, new: MasterKey) -> int:
    """Wrap all keys under this master key; how many. Raises VaultError: some do not open, and stay as they are."""

    def note(connection: Connection) -> None:
        event = AuditEvent(
            action=AuditAction.KEY_ROTATION, actor=command_actor(), target_kind="master-key", target_id=new.id
        )
        Audit(connection).write(event, time.time())

    rotated = rotate_master(deployment.vault, deployment.database, new, note=note)
    if rotated.broken:
        raise VaultError(
            f"{len(rotated.broken)} data keys do not open, the first because {rotated.broken[0]}",
            "All others are wrapped under the new master key; both master keys are kept. Restore the database.",
        )
    return rotated.keys
