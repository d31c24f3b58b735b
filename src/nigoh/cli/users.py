"""`nigoh users`: who may use nigoh."""

import click

from nigoh.cli.command_group import CommandGroup

_COMMANDS = {
    "list": ("nigoh.cli.users_list", "Show the users."),
    "add": ("nigoh.cli.users_add", "Add a user; also the first administrator."),
    "show": ("nigoh.cli.users_show", "Show one user."),
    "set-role": ("nigoh.cli.users_set_role", "Give a user another role, or other cameras."),
    "set-password": ("nigoh.cli.users_set_password", "Give a user another password."),
    "reset-totp": ("nigoh.cli.users_reset_totp", "Take the second factor from a user who has lost it."),
    "disable": ("nigoh.cli.users_disable", "Let a user not log in any more."),
    "enable": ("nigoh.cli.users_enable", "Let a user log in again."),
    "remove": ("nigoh.cli.users_remove", "Remove a user."),
    "sessions": ("nigoh.cli.users_sessions", "Show where a user is logged in."),
    "revoke": ("nigoh.cli.users_revoke", "End a user's sessions, and take their tokens back."),
    "tokens": ("nigoh.cli.users_tokens", "A user's API tokens: list, add, revoke."),
}


@click.group("users", cls=CommandGroup, table=_COMMANDS)
def command() -> None:
    """Users, their roles, passwords, sessions and API tokens.

    Whoever may open the database may run these. What they do is written into the audit. A running nigoh follows at
    once.
    """
