"""`nigoh users tokens revoke`: an API token is taken back."""

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, users_options


@click.command("revoke", short_help="Take an API token back.")
@click.argument("name")
@click.argument("identifier")
@users_options
def command(office: UsersOffice, /, *, name: str, identifier: str) -> None:
    """Take the token IDENTIFIER of the user NAME back; `nigoh users tokens list NAME` shows the identifiers."""
    office.desks.tokens.revoke(office.who, office.named(name).id, identifier, office.now())
    output.print("the token holds no more", markup=False)
