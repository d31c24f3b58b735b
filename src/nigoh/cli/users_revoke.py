"""`nigoh users revoke`: nothing of a user's holds any more."""

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, users_options


@click.command("revoke", short_help="End a user's sessions, and take their tokens back.")
@click.argument("name")
@click.option("--keep-tokens", is_flag=True, help="End the sessions alone.")
@users_options
def command(office: UsersOffice, /, *, name: str, keep_tokens: bool) -> None:
    """Log the user NAME out everywhere and take all their API tokens back. They may log in again."""
    user, now = office.named(name), office.now()
    sessions = office.desks.sessions.end_all(office.who, user.id, now)
    tokens = 0 if keep_tokens else office.desks.tokens.revoke_all(office.who, user.id, now)
    output.print(f"ended {sessions} sessions and took {tokens} API tokens back", markup=False)
