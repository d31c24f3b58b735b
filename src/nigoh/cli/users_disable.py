"""`nigoh users disable`: they may not log in any more."""

from dataclasses import replace

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, users_options


@click.command("disable", short_help="Let a user not log in any more.")
@click.argument("name")
@users_options
def command(office: UsersOffice, /, *, name: str) -> None:
    """Let the user NAME not log in any more; their sessions end, and their API tokens hold no more."""
    user = office.named(name)
    office.desks.accounts.change(office.who, replace(user, disabled=True), office.now())
    output.print(f"{user.name} is disabled", markup=False)
