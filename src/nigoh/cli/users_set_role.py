"""`nigoh users set-role`: another role, other cameras."""

from dataclasses import replace

import click

from nigoh.cli.terminal import output
from nigoh.cli.users_office import UsersOffice, cameras_of, users_options
from nigoh.domain.access import Role


@click.command("set-role", short_help="Give a user another role, or other cameras.")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option(
    "--camera", "cameras", multiple=True, metavar="NAME", help="The only cameras that they may see; repeat it."
)
@click.option("--all-cameras", is_flag=True, help="They may see all cameras.")
@users_options
def command(office: UsersOffice, /, *, name: str, role: str, cameras: tuple[str, ...], all_cameras: bool) -> None:
    """Let the user NAME be ROLE: administrator, operator, viewer or auditor. Their cameras stay if none are named.

    Another role ends their sessions; they log in again.
    """
    if cameras and all_cameras:
        raise click.UsageError("either --camera or --all-cameras")
    user = office.named(name)
    kept = cameras_of(cameras) if cameras or all_cameras else user.cameras
    changed = office.desks.accounts.change(office.who, replace(user, role=Role(role), cameras=kept), office.now())
    output.print(f"{changed.name} is {changed.role.value} now", markup=False)
