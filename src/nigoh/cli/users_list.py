"""`nigoh users list`: the users."""

from collections.abc import Iterator

import click
from rich.table import Table
from rich.text import Text

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, cell, print_json, users_options
from nigoh.domain.page import MOST_ITEMS, PageQuery
from nigoh.domain.users import User


@click.command("list", short_help="Show the users.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@users_options
def command(office: UsersOffice, /, *, as_json: bool) -> None:
    """Show the users by name."""
    users = list(_all(office))
    if as_json:
        print_json(users)
        return
    if not users:
        output.print("there are no users yet; add one: nigoh users add NAME --role administrator", markup=False)
        return
    table = Table("name", "called", "role", "cameras", "logs in", "second factor")
    for user in users:
        table.add_row(*map(Text, _cells(user)))
    output.print(table)


def _all(office: UsersOffice) -> Iterator[User]:
    cursor: str | None = None
    while True:
        page = office.desks.accounts.page(PageQuery(MOST_ITEMS, cursor))
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _cells(user: User) -> tuple[str, ...]:
    cameras = "all" if user.cameras is None else ", ".join(sorted(user.cameras)) or "none"
    ways = [*(["password"] if user.has_password else []), *(["OpenID Connect"] if user.oidc_subject else [])]
    logs_in = "disabled" if user.disabled else " or ".join(ways) or "no way yet"
    return (
        user.name,
        cell(user.display_name),
        user.role.value,
        cell(cameras),
        logs_in,
        "yes" if user.has_second_factor else "no",
    )
