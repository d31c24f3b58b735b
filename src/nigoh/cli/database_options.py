"""The options that say where what lasts is kept; the same for every command that opens it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

from nigoh.config.deployment_settings import DeploymentSettings, deployment_settings
from nigoh.config.environment import take_deployment_environment
from nigoh.deployment_wiring import Deployment, open_deployment

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class DeploymentChoice:
    """What the options say of where what lasts is kept; None: they do not say."""

    data: Path | None
    database: str | None
    master_key_file: Path | None

    @property
    def is_made(self) -> bool:
        """Whether any of them was given."""
        return any(each is not None for each in (self.data, self.database, self.master_key_file))

    def settings(self, data: Path | None = None) -> DeploymentSettings:
        """The settings; `data` is the folder where neither option nor environment names one.

        The master key is gone from the environment from then on. Raises ConfigError.
        """
        environment = take_deployment_environment()
        return deployment_settings(
            environment,
            data=self.data or environment.data or data,
            database=self.database,
            master_key_file=self.master_key_file,
        )


def choice_options(command: Callable[Concatenate[DeploymentChoice, P], R]) -> Callable[P, R]:
    """Add --data, --database, --master-key-file; the command gets them as `DeploymentChoice`, its first argument."""

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
    def with_choice(*arguments: P.args, **values: P.kwargs) -> R:
        data, database, key_file = (values.pop(name) for name in ("data", "database", "master_key_file"))
        choice = DeploymentChoice(
            data=data if isinstance(data, Path) else None,
            database=str(database) if database else None,
            master_key_file=key_file if isinstance(key_file, Path) else None,
        )
        return command(choice, *arguments, **values)

    return with_choice


def settings_options(command: Callable[Concatenate[DeploymentSettings, P], R]) -> Callable[P, R]:
    """Add the same options to a command that gets `DeploymentSettings` as its first argument.

    The master key is gone from the environment before the command begins.
    """

    @wraps(command)
    def with_settings(choice: DeploymentChoice, /, *arguments: P.args, **values: P.kwargs) -> R:
        return command(choice.settings(), *arguments, **values)

    return choice_options(with_settings)


def database_options(command: Callable[Concatenate[Deployment, P], R]) -> Callable[P, R]:
    """Add the same options to a command that gets the opened `Deployment` as its first argument."""

    @wraps(command)
    def with_deployment(settings: DeploymentSettings, /, *arguments: P.args, **values: P.kwargs) -> R:
        with open_deployment(settings) as deployment:
            return command(deployment, *arguments, **values)

    return settings_options(with_deployment)
