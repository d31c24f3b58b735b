"""`nigoh settings`: what is changed while nigoh runs."""

import click

from nigoh.cli.command_group import CommandGroup

_COMMANDS = {
    "list": ("nigoh.cli.settings_list", "Show the settings and where they come from."),
    "get": ("nigoh.cli.settings_get", "Show one setting."),
    "set": ("nigoh.cli.settings_set", "Change a setting."),
    "reset": ("nigoh.cli.settings_reset", "Let nigoh.toml, or the default, say it again."),
}


@click.group("settings", cls=CommandGroup, table=_COMMANDS)
def command() -> None:
    """Settings that are changed while nigoh runs: thresholds, retention, what new cameras do.

    A changed setting goes before what nigoh.toml says until it is reset. A running nigoh follows within a second or
    two; some settings wait for its next start.
    """
