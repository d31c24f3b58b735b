"""`nigoh users set-password`: another password."""

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, password_option, read_password, users_options


@click.command("set-password", short_help="Give a user another password.")
@click.argument("name")
@password_option
@users_options
def command(office: UsersOffice, /, *, name: str, password_file: str | None) -> None:
    """Give the user NAME another password. Their sessions end and their API tokens are taken back."""
    user = office.named(name)
    office.desks.accounts.reset_password(office.who, user.id, read_password(password_file), office.now())
    output.print(f"{user.name} has another password; their sessions and API tokens hold no more", markup=False)
