"""`nigoh privacy erase`: somebody is forgotten."""

from pathlib import Path

import click

from nigoh.cli.config_option import optional_config_option
from nigoh.cli.database_options import database_options
from nigoh.cli.people_options import json_option, reason_option
from nigoh.cli.person_erasure import erase
from nigoh.deployment_wiring import Deployment


@click.command("erase", short_help="Erase somebody wherever they are, with a report.")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@optional_config_option
@reason_option
@json_option
@database_options
def command(deployment: Deployment, who: str, *, yes: bool, config: Path | None, reason: str, as_json: bool) -> int:
    """Erase WHO: names, photos, templates, their key, and what sightings and recordings hold of them.

    It cannot be undone, and backups do not bring them back. With the identifier of somebody who is erased already
    what was left of them is looked for again. Exit code 1 while something is left, as it is being written or read.
    """
    return erase(deployment, who, yes=yes, config=config, reason=reason, as_json=as_json)
