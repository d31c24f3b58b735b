"""`nigoh users show`: one user."""

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, cell, print_json, time_text, users_options


@click.command("show", short_help="Show one user.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@users_options
def command(office: UsersOffice, /, *, name: str, as_json: bool) -> None:
    """Show what is known of the user NAME."""
    user = office.named(name)
    if as_json:
        print_json(user)
        return
    now = office.now()
    tokens = [token for token in office.desks.tokens.of_user(user.id) if token.holds(now)]
    rows = {
        "name": user.name,
        "called": user.display_name or "-",
        "role": user.role.value,
        "cameras": "all" if user.cameras is None else ", ".join(sorted(user.cameras)) or "none",
        "language": user.language.value,
        "may log in": "no, disabled" if user.disabled else "yes",
        "password": "yes" if user.has_password else "no",
        "second factor": "yes" if user.has_second_factor else "no",
        "OpenID Connect": user.oidc_subject or "no",
        "sessions": str(len(office.desks.sessions.of_user(user.id, now))),
        "API tokens": str(len(tokens)),
        "added": f"{time_text(user.created_unix_s)} UTC",
        "identifier": user.id,
    }
    for label, value in rows.items():
        output.print(f"{label:16}{cell(value)}", markup=False)
