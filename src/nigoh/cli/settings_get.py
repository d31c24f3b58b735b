"""`nigoh settings get`: one setting."""

from pathlib import Path

import click

from nigoh.cli.config_option import optional_config_option
from nigoh.cli.database_options import database_options
from nigoh.cli.settings_office import line_of, open_settings, range_of
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment


@click.command("get", short_help="Show one setting.")
@click.argument("key")
@optional_config_option
@database_options
def command(deployment: Deployment, /, *, config: Path | None, key: str) -> None:
    """Show the setting KEY, as in watch.threshold: what it is, what it can be, and what it is for."""
    state = open_settings(deployment, config).get(key)
    output.print(line_of(state), markup=False)
    output.print(f"{state.field.about} It can be {range_of(state.field)}.", markup=False)
