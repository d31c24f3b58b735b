"""`nigoh users reset-totp`: no second factor any more."""

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, users_options


@click.command("reset-totp", short_help="Take the second factor from a user who has lost it.")
@click.argument("name")
@users_options
def command(office: UsersOffice, /, *, name: str) -> None:
    """Let the user NAME log in with the password alone, until they set up a second factor again."""
    user = office.named(name)
    office.desks.second_factor.remove(office.who, user.id, office.now())
    output.print(f"{user.name} logs in with the password alone", markup=False)
