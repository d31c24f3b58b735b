"""`nigoh users tokens`: API tokens of users."""

import click

from nigoh.cli.command_group import CommandGroup

_COMMANDS = {
    "list": ("nigoh.cli.users_tokens_list", "Show a user's API tokens."),
    "add": ("nigoh.cli.users_tokens_add", "Make an API token for a user; it is shown this once."),
    "revoke": ("nigoh.cli.users_tokens_revoke", "Take an API token back."),
}


@click.group("tokens", cls=CommandGroup, table=_COMMANDS)
def command() -> None:
    """API tokens, by which programs ask on a user's behalf."""
