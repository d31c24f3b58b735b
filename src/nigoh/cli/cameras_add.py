"""`nigoh cameras add`: writes a camera into nigoh.toml."""

import re
from collections.abc import Callable
from enum import EnumMeta
from pathlib import Path
from typing import Literal, TypeVar, get_args, get_origin

import click

from nigoh.cli.config_option import config_option
from nigoh.cli.terminal import output, report_note
from nigoh.config.engine_edit import NEW_FILE, CameraValue, with_camera
from nigoh.config.engine_settings import CameraDefaults
from nigoh.config.file_edit import edit_text
from nigoh.domain.camera_url import CameraUrl

F = TypeVar("F", bound=Callable[..., object])

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")

# Option, key, metavariable. Help and choices are the setting's own, so that they stand in one place.
_OPTIONS: tuple[tuple[str, str, str | None], ...] = (
    ("--user", "user", "NAME"),
    ("--password-file", "password_file", "FILE"),
    ("--transport", "transport", None),
    ("--mode", "mode", None),
    ("--fps", "fps", "RATE"),
    ("--burst-fps", "burst_fps", "RATE"),
    ("--still", "still_s", "SECONDS"),
    ("--least-fps", "least_fps", "RATE"),
    ("--priority", "priority", None),
    ("--record", "record", None),
    ("--zone", "zones", "CORNERS"),
    ("--mask", "masks", "CORNERS"),
    ("--schedule", "schedule", "HOURS"),
)


class _Corners(click.ParamType[list[list[float]]]):
    """A polygon: "0.1,0.2 0.9,0.2 0.9,0.9"."""

    name = "corners"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[list[float]]:
        try:
            corners = [[float(number) for number in corner.split(",")] for corner in str(value).split()]
        except ValueError:
            corners = []
        if not corners or any(len(corner) != 2 for corner in corners):
            self.fail(f"'{value}' is no polygon: write, for example, 0.1,0.2 0.9,0.2 0.9,0.9", param, ctx)
        return corners


def _camera_options(command: F) -> F:
    for option, key, metavar in reversed(_OPTIONS):
        command = _option(option, key, metavar)(command)
    return command


def _option(option: str, key: str, metavar: str | None) -> Callable[[F], F]:
    field = CameraDefaults.model_fields[key]
    kind: click.ParamType[object] | type = str
    if isinstance(field.annotation, EnumMeta):
        kind = click.Choice([str(each.value) for each in field.annotation])
    elif get_origin(field.annotation) is Literal:
        kind = click.Choice(list(get_args(field.annotation)))
    elif isinstance(field.default, float):
        kind = float
    elif key in {"zones", "masks"}:
        kind = _Corners()
    several = isinstance(field.default, tuple)
    return click.option(
        option, key, type=kind, multiple=several, metavar=metavar, help=field.description, default=None
    )


@click.command("add", short_help="Add a camera to nigoh.toml.")
@click.argument("name")
@click.argument("url")
@config_option
@_camera_options
def command(*, name: str, url: str, config: Path, **chosen: CameraValue | tuple[str, ...] | None) -> None:
    """Add the camera NAME at URL to the file, which is made if there is none.

    URL is a camera's address or the path of a video file, which plays again and again. What is not given here is
    as [cameras_default] in the file says. A polygon's corners are fractions of the picture, as in
    --zone "0.1,0.2 0.9,0.2 0.9,0.9"; --zone, --mask and --schedule may be repeated.
    """
    values: dict[str, CameraValue] = {"name": name, "url": _address(url, config)}
    for key, value in chosen.items():
        if value is not None and value != ():
            values[key] = list(value) if isinstance(value, tuple) else value
    if "password_file" in values:
        values["password_file"] = _beside(Path(str(values["password_file"])).expanduser(), config)
    edit_text(config, lambda text: with_camera(text, config, values), new=NEW_FILE)
    if _URL.match(url) and CameraUrl(url).has_password:
        report_note(
            "note: the password stands in the shell's history now; --user and --password-file keep it out of there"
        )
    output.print(f"added {name} to {config}", markup=False)


def _address(url: str, config: Path) -> str:
    """The address as it stands in the file: a path that is given from here is meant from here."""
    if _URL.match(url) or not url.strip() or "\0" in url:
        return url
    path = Path(url).expanduser()
    return _beside(path, config) if path.exists() else url


def _beside(path: Path, config: Path) -> str:
    """A path as the file should name it: relative if it is in the file's folder, so that both can be moved."""
    whole = path.absolute()
    folder = config.absolute().parent
    return str(whole.relative_to(folder) if whole.is_relative_to(folder) else whole)
