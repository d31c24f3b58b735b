"""`nigoh users tokens add`: a new API token."""

import click

from nigoh.cli.terminal import output, report_note
from nigoh.cli.users_office import UsersOffice, time_text, users_options
from nigoh.domain.access import Permission
from nigoh.office.personal_tokens import LONGEST_DAYS, USUAL_DAYS, TokenOrder


@click.command("add", short_help="Make an API token for a user; it is shown this once.")
@click.argument("name")
@click.option("--for", "purpose", required=True, metavar="TEXT", help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([each.value for each in Permission]),
    multiple=True,
    required=True,
    help="What it permits; repeat it.",
)
@click.option(
    "--days", type=click.IntRange(1, LONGEST_DAYS), default=USUAL_DAYS, show_default=True, help="How long it holds."
)
@users_options
def command(office: UsersOffice, /, *, name: str, purpose: str, scopes: tuple[str, ...], days: int) -> None:
    """Make an API token for the user NAME and print it: it cannot be shown again."""
    user = office.named(name)
    order = TokenOrder(name=purpose, scopes=frozenset(Permission(scope) for scope in scopes), days=days)
    made = office.desks.tokens.make(office.who, user.id, order, office.now())
    report_note(f"it holds until {time_text(made.token.expires_unix_s)} UTC; keep it now, it is shown this once")
    output.print(made.text, markup=False)
