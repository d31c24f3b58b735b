"""`nigoh people remove`: erases somebody."""

from pathlib import Path

import click

from nigoh.cli.config_option import optional_config_option
from nigoh.cli.database_options import database_options
from nigoh.cli.people_options import json_option, reason_option
from nigoh.cli.person_erasure import erase
from nigoh.deployment_wiring import Deployment


@click.command("remove", short_help="Erase somebody for good, with a report.")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@optional_config_option
@reason_option
@json_option
@database_options
def command(deployment: Deployment, who: str, *, yes: bool, config: Path | None, reason: str, as_json: bool) -> int:
    """Erase WHO: names, photos, templates, their key, and what sightings and recordings hold of them.

    The same as nigoh privacy erase. It cannot be undone, and backups do not bring them back; a name is therefore
    given whole, as it is spelt. Exit code 1 while something is left, as it is being written or read.
    """
    return erase(deployment, who, yes=yes, config=config, reason=reason, as_json=as_json)
