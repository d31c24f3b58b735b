"""The options that choose detector, embedder and what they run on; the same for every command that sees faces."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from nigoh.config.settings import VisionSettings, read_settings

R = TypeVar("R")

# Option, setting, metavariable. Help and default are the setting's own, so that they stand in one place.
_OPTIONS: tuple[tuple[str, str, str], ...] = (
    ("--detector", "detector", "NAME"),
    ("--embedder", "embedder", "NAME"),
    ("--runtime", "runtime", "NAME"),
    ("--device", "device", "NAME"),
    ("--detect-size", "detect_size_px", "PIXELS"),
    ("--detect-score", "detect_score", "SCORE"),
    ("--accept-licence", "accept_licences", "MODEL"),
)


def vision_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add the vision options to a command, which receives them as one keyword, `vision: VisionSettings`.

    Values that the settings refuse raise ConfigError before the command runs.
    """

    @wraps(command)
    def with_settings(*arguments: object, **values: Any) -> R:  # noqa: ANN401 - whatever click parsed
        chosen = {setting: values.pop(setting) for _, setting, _ in _OPTIONS}
        return command(*arguments, vision=read_settings(VisionSettings, chosen), **values)

    decorated: Callable[..., R] = with_settings
    for option, setting, metavar in reversed(_OPTIONS):
        decorated = _option(option, setting, metavar)(decorated)
    return decorated


def _option(option: str, setting: str, metavar: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    field = VisionSettings.model_fields[setting]
    several = isinstance(field.default, tuple)
    return click.option(
        option,
        setting,
        metavar=metavar,
        multiple=several,
        type=str if several else type(field.default),
        help=field.description,
        default=field.default,
        show_default=not several,
    )
