"""`nigoh users tokens list`: a user's API tokens."""

import click
from rich.table import Table
from rich.text import Text

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, cell, print_json, time_text, users_options
from nigoh.domain.users import ApiToken


@click.command("list", short_help="Show a user's API tokens.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@users_options
def command(office: UsersOffice, /, *, name: str, as_json: bool) -> None:
    """Show the API tokens of the user NAME, the newest first. Times are UTC."""
    tokens = office.desks.tokens.of_user(office.named(name).id)
    if as_json:
        print_json(tokens)
        return
    table = Table("identifier", "for", "scopes", "made", "ends", "used", "holds")
    for token in tokens:
        times = (token.created_unix_s, token.expires_unix_s, token.used_unix_s)
        row = (
            token.id,
            cell(token.name),
            " ".join(sorted(token.scopes)),
            *map(time_text, times),
            _state(token, office),
        )
        table.add_row(*map(Text, row))
    output.print(table if tokens else f"{name} has no API tokens", markup=False)


def _state(token: ApiToken, office: UsersOffice) -> str:
    if token.revoked_unix_s is not None:
        return "revoked"
    return "yes" if token.holds(office.now()) else "expired"
