"""`nigoh vault`: the keys."""

import click

from nigoh.cli.command_group import CommandGroup

_COMMANDS = {
    "rotate": ("nigoh.cli.vault_rotate", "Put a new master key in the place of the one in use."),
    "reseal": ("nigoh.cli.vault_reseal", "Seal everything of a person or a day under a new data key."),
    "status": ("nigoh.cli.vault_status", "Show which master key is in use, and whether all is well."),
}


@click.group("vault", cls=CommandGroup, table=_COMMANDS)
def command() -> None:
    """The keys under which templates, pictures and credentials are sealed: rotate them, see how they are.

    The master key comes from the file in NIGOH_MASTER_KEY_FILE, from NIGOH_MASTER_KEY itself or from the command in
    NIGOH_MASTER_KEY_COMMAND; by default it is master.key in the user's configuration folder. Keep a copy of it where
    no backup of the database is: without it nothing opens.
    """
