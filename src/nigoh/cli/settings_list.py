"""`nigoh settings list`: the settings."""

from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from nigoh.cli.config_option import optional_config_option
from nigoh.cli.database_options import database_options
from nigoh.cli.settings_office import open_settings, range_of, shown
from nigoh.cli.terminal import output
from nigoh.cli.users_office import print_json
from nigoh.deployment_wiring import Deployment


@click.command("list", short_help="Show the settings and where they come from.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@optional_config_option
@database_options
def command(deployment: Deployment, /, *, config: Path | None, as_json: bool) -> None:
    """Show all settings that are changed while nigoh runs."""
    states = open_settings(deployment, config).every()
    if as_json:
        print_json(states)
        return
    table = Table("setting", "is", "from", "can be", "holds")
    for state in states:
        field = state.field
        cells = (field.key, shown(state.value), state.origin.value, range_of(field), field.applies.value)
        table.add_row(*map(Text, cells))
    output.print(table)
