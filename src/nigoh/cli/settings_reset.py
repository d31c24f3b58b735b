"""`nigoh settings reset`: a setting is as the file says again."""

from pathlib import Path

import click

from nigoh.cli.config_option import optional_config_option
from nigoh.cli.database_options import database_options
from nigoh.cli.people_options import reason_option
from nigoh.cli.settings_office import line_of, open_settings
from nigoh.cli.system_user import command_actor
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment
from nigoh.office.actor import Actor


@click.command("reset", short_help="Let nigoh.toml, or the default, say it again.")
@click.argument("key")
@reason_option
@optional_config_option
@database_options
def command(deployment: Deployment, /, *, config: Path | None, key: str, reason: str) -> None:
    """Forget what the setting KEY was changed to."""
    output.print(
        line_of(open_settings(deployment, config).reset(Actor(command_actor(), reason=reason), key)), markup=False
    )
