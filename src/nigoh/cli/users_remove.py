"""`nigoh users remove`: a user goes."""

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, users_options


@click.command("remove", short_help="Remove a user.")
@click.argument("name")
@users_options
def command(office: UsersOffice, /, *, name: str) -> None:
    """Remove the user NAME with their sessions and API tokens. What they did stays in the audit."""
    user = office.named(name)
    office.desks.accounts.remove(office.who, user.id, office.now())
    output.print(f"removed {user.name}", markup=False)
