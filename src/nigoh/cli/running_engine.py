"""The options that say which running engine a command speaks to."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

import click

from nigoh.cli.config_option import optional_config_option
from nigoh.config.engine_file import read_engine_file
from nigoh.config.engine_settings import EngineOptions

R = TypeVar("R")

_CONFIG = Path("nigoh.toml")


def running_engine_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add --config and --data-dir; the command receives `data_dir: Path`, the folder of the engine.

    Without either it is that of nigoh.toml in this folder, and where there is none, the usual one.
    """

    @click.option(
        "--data-dir",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Of the engine, as its file says; instead of the file.",
    )
    @optional_config_option
    @wraps(command)
    def with_folder(*, config: Path | None, data_dir: Path | None, **options: object) -> R:
        if config and data_dir:
            raise click.UsageError("--config and --data-dir both say where the engine is: give one of them.")
        return command(data_dir=data_dir or _data_dir(config), **options)

    return with_folder


def _data_dir(config: Path | None) -> Path:
    if config is None and not _CONFIG.exists():
        return EngineOptions().data_dir
    return read_engine_file(config or _CONFIG).engine.data_dir
