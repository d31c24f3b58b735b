"""`nigoh cameras remove`: takes a camera out of nigoh.toml."""

from pathlib import Path

import click

from nigoh.cli.config_option import config_option
from nigoh.cli.terminal import output
from nigoh.config.engine_edit import without_camera
from nigoh.config.file_edit import edit_text


@click.command("remove", short_help="Take a camera out of nigoh.toml.")
@click.argument("name")
@config_option
def command(*, name: str, config: Path) -> None:
    """Take the camera NAME out of the file; its other lines stay as they are. Recordings are not touched."""
    edit_text(config, lambda text: without_camera(text, config, name))
    output.print(f"removed {name} from {config}", markup=False)
