"""`nigoh settings set`: a setting is changed."""

from pathlib import Path

import click

from nigoh.cli.config_option import optional_config_option
from nigoh.cli.database_options import database_options
from nigoh.cli.people_options import reason_option
from nigoh.cli.settings_office import line_of, open_settings, read_value
from nigoh.cli.system_user import command_actor
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment
from nigoh.office.actor import Actor


@click.command("set", short_help="Change a setting.")
@click.argument("key")
@click.argument("value")
@reason_option
@optional_config_option
@database_options
def command(deployment: Deployment, /, *, config: Path | None, key: str, value: str, reason: str) -> None:
    """Let the setting KEY be VALUE; "none" lets nigoh choose, where a setting can be that."""
    office = open_settings(deployment, config)
    field = office.get(key).field
    state = office.put(Actor(command_actor(), reason=reason), key, read_value(field, value))
    output.print(line_of(state), markup=False)
