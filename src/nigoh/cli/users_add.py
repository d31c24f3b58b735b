"""`nigoh users add`: a new user."""

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import (
    UsersOffice,
    cameras_of,
    cameras_option,
    password_option,
    read_password,
    users_options,
)
from nigoh.domain.access import Role
from nigoh.domain.language import Language
from nigoh.office.accounts import NewUser


@click.command("add", short_help="Add a user; also the first administrator.")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What they are.")
@click.option("--display-name", default="", metavar="TEXT", help="What people call them.")
@click.option(
    "--lang", type=click.Choice([each.value for each in Language]), default="en", show_default=True, help="Of theirs."
)
@cameras_option
@password_option
@users_options
def command(
    office: UsersOffice,
    /,
    *,
    name: str,
    role: str,
    display_name: str,
    lang: str,
    cameras: tuple[str, ...],
    password_file: str | None,
) -> None:
    """Add the user NAME."""
    new = NewUser(
        name=name,
        display_name=display_name,
        role=Role(role),
        cameras=cameras_of(cameras),
        language=Language(lang),
        password=read_password(password_file),
    )
    user = office.desks.accounts.add(office.who, new, office.now())
    output.print(f"added {user.name}, {user.role.value}", markup=False)
