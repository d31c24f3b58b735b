"""The option that names the engine's file; the same for every command that reads it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from nigoh.errors import ConfigError

F = TypeVar("F", bound=Callable[..., object])


class _ConfigPath(click.ParamType[Path]):
    name = "file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        del param, ctx
        if not str(value).strip() or "\0" in str(value):
            raise ConfigError("--config: the name of the file is empty", "Give the path of a nigoh.toml.")
        return Path(str(value)).expanduser()


def config_option(command: F) -> F:
    """Add --config, which the command receives as `config: Path`."""
    return click.option(
        "--config",
        type=_ConfigPath(),
        default="nigoh.toml",
        show_default=True,
        metavar="FILE",
        help="The engine's file.",
    )(command)


def optional_config_option(command: F) -> F:
    """Add --config without a default: `config: Path | None`."""
    return click.option("--config", type=_ConfigPath(), metavar="FILE", help="The engine's file.")(command)
