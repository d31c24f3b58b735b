"""`nigoh audit`: who did what, and whether anybody has changed what is written about it."""

import click

from nigoh.cli.command_group import CommandGroup

_COMMANDS = {
    "verify": ("nigoh.cli.audit_verify", "Check that no entry was changed, removed or moved."),
    "anchor": ("nigoh.cli.audit_anchor", "Note the newest entry outside the database."),
    "list": ("nigoh.cli.audit_list", "Show entries, the newest first."),
    "export": ("nigoh.cli.audit_export", "Write entries into a file: JSON lines or CSV."),
}


@click.group("audit", cls=CommandGroup, table=_COMMANDS)
def command() -> None:
    """Who did what, when, from where and why; and whether anybody has changed what is written about it."""
