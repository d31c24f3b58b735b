"""`nigoh users sessions`: where a user is logged in."""

import click
from rich.table import Table
from rich.text import Text

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, cell, print_json, time_text, users_options


@click.command("sessions", short_help="Show where a user is logged in.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@users_options
def command(office: UsersOffice, /, *, name: str, as_json: bool) -> None:
    """Show the sessions of the user NAME that hold, the newest first. Times are UTC."""
    sessions = office.desks.sessions.of_user(office.named(name).id, office.now())
    if as_json:
        shown = ("id", "created_unix_s", "seen_unix_s", "expires_unix_s", "address", "agent")
        print_json([{field: getattr(session, field) for field in shown} for session in sessions])
        return
    table = Table("began", "used", "ends", "from", "program")
    for session in sessions:
        times = (session.created_unix_s, session.seen_unix_s, session.expires_unix_s)
        row = (*map(time_text, times), session.address, cell(session.agent))
        table.add_row(*map(Text, row))
    output.print(table if sessions else f"{name} is logged in nowhere", markup=False)
