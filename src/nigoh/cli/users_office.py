"""What the commands of users share: the desks, the user that is meant, how passwords are given, how all is shown."""

import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click
import msgspec

from nigoh.cli.database_options import database_options
from nigoh.cli.system_user import command_actor
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment
from nigoh.domain.access import Principal, command_principal
from nigoh.domain.passwords import MOST_CHARACTERS
from nigoh.domain.sighting import CameraId
from nigoh.domain.users import User
from nigoh.errors import ConfigError
from nigoh.office.access_desks import AccessDesks, open_desks

P = ParamSpec("P")
R = TypeVar("R")


class UsersOffice:
    """The desks of users for one command, and who runs it."""

    def __init__(self, desks: AccessDesks, who: Principal) -> None:
        self.desks = desks
        self.who = who

    def named(self, name: str) -> User:
        """The user of this login name. Raises Missing, Invalid."""
        return self.desks.accounts.named(name)

    @staticmethod
    def now() -> float:
        """Seconds since 1970."""
        return time.time()


def users_options(command: Callable[Concatenate[UsersOffice, P], R]) -> Callable[P, R]:
    """Add the options of the database to a command that gets the `UsersOffice` as its first argument."""

    @wraps(command)
    def with_office(deployment: Deployment, /, *arguments: P.args, **values: P.kwargs) -> R:
        desks = open_desks(deployment.database, deployment.vault)
        who = command_principal(command_actor().partition(":")[2])
        return command(UsersOffice(desks, who), *arguments, **values)

    return database_options(with_office)


def read_password(file: str | None) -> str:
    """The password: the first line of a file or, with "-", of standard input; without a file it is asked for twice.

    Never an argument: the process list and the shell's history would have it. Raises ConfigError.
    """
    if file is None:
        if not sys.stdin.isatty():
            raise ConfigError(
                "there is no terminal to ask for the password", "Give it in a file: --password-file FILE."
            )
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    try:
        text = sys.stdin.readline(4 * MOST_CHARACTERS) if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read as a password", "Give a text file that you may read.") from error
    return text.partition("\n")[0].rstrip("\r")


password_option = click.option(
    "--password-file",
    metavar="FILE",
    help='File whose first line is the password; "-" is standard input.  [default: it is asked for]',
)

cameras_option = click.option(
    "--camera",
    "cameras",
    multiple=True,
    metavar="NAME",
    help="A camera that they may see; repeat it.  [default: all]",
)


def cameras_of(names: tuple[str, ...]) -> frozenset[CameraId] | None:
    """The cameras of these names; without any: all."""
    return frozenset(CameraId(name) for name in names) or None


def print_json(value: object) -> None:
    """Print what msgspec can write as JSON."""
    output.print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode(), markup=False)


def time_text(unix_s: float | None) -> str:
    """A time for a table, UTC; "-" for none."""
    return "-" if unix_s is None else time.strftime("%Y-%m-%d %H:%M", time.gmtime(unix_s))


def cell(text: str) -> str:
    """What somebody typed, without what would move a terminal's cursor."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
