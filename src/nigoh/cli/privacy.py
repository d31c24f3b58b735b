"""`nigoh privacy`: what is owed to the people whom nigoh knows."""

import click

from nigoh.cli.command_group import CommandGroup

_COMMANDS = {
    "export": ("nigoh.cli.privacy_export", "A copy of all data on somebody, for themselves."),
    "erase": ("nigoh.cli.privacy_erase", "Erase somebody wherever they are, with a report."),
}


@click.group("privacy", cls=CommandGroup, table=_COMMANDS)
def command() -> None:
    """What is owed to the people whom nigoh knows: a copy of what is known of them, and to be forgotten.

    How long what was seen is kept says [privacy] in nigoh.toml; nigoh up sees to it every hour.
    """
