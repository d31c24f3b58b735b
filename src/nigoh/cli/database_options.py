"""The options that say where what lasts is kept; the same for every command that opens it."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

from nigoh.config.deployment_settings import DeploymentSettings, deployment_settings
from nigoh.config.environment import take_deployment_environment
from nigoh.deployment_wiring import Deployment, open_deployment

P = ParamSpec("P")
R = TypeVar("R")


def settings_options(command: Callable[Concatenate[DeploymentSettings, P], R]) -> Callable[P, R]:
    """Add --data, --database, --master-key-file; the command gets them as `DeploymentSettings`, its first argument.

    The master key is gone from the environment before the command begins.
    """

    @click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of what lasts.  [default: NIGOH_DATA, or the user's data folder]",
    )
    @click.option(
        "--database",
        metavar="URL",
        help="Address of the database.  [default: NIGOH_DATABASE, or nigoh.db in the data folder]",
    )
    @click.option(
        "--master-key-file",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="File of the master key.  [default: what NIGOH_MASTER_KEY… say, or the user's configuration folder]",
    )
    @wraps(command)
    def with_settings(*arguments: P.args, **values: P.kwargs) -> R:
        data, database, key_file = (values.pop(name) for name in ("data", "database", "master_key_file"))
        settings = deployment_settings(
            take_deployment_environment(),
            data=data if isinstance(data, Path) else None,
            database=str(database) if database else None,
            master_key_file=key_file if isinstance(key_file, Path) else None,
        )
        return command(settings, *arguments, **values)

    return with_settings


def database_options(command: Callable[Concatenate[Deployment, P], R]) -> Callable[P, R]:
    """Add the same options to a command that gets the opened `Deployment` as its first argument."""

    @wraps(command)
    def with_deployment(settings: DeploymentSettings, /, *arguments: P.args, **values: P.kwargs) -> R:
        with open_deployment(settings) as deployment:
            return command(deployment, *arguments, **values)

    return settings_options(with_deployment)
