"""`nigoh users enable`: they may log in again."""

from dataclasses import replace

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, users_options


@click.command("enable", short_help="Let a user log in again.")
@click.argument("name")
@users_options
def command(office: UsersOffice, /, *, name: str) -> None:
    """Let the user NAME log in again, with the password and the API tokens that they had."""
    user = office.named(name)
    office.desks.accounts.change(office.who, replace(user, disabled=False), office.now())
    output.print(f"{user.name} may log in again", markup=False)
