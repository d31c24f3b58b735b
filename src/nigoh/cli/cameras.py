"""`nigoh cameras`: the cameras of a configuration, and what a camera is like."""

import click

from nigoh.cli.command_group import CommandGroup

_COMMANDS = {
    "add": ("nigoh.cli.cameras_add", "Add a camera to nigoh.toml."),
    "discover": ("nigoh.cli.cameras_discover", "Look for ONVIF cameras in this network."),
    "list": ("nigoh.cli.cameras_list", "Show the cameras of nigoh.toml, and how they are."),
    "remove": ("nigoh.cli.cameras_remove", "Take a camera out of nigoh.toml."),
    "test": ("nigoh.cli.cameras_test", "Connect to a camera: what it sends, face sizes, what to change."),
}


@click.group("cameras", cls=CommandGroup, table=_COMMANDS)
def command() -> None:
    """Cameras: find, add, list and remove them, and test one: is it reached, what does it send, what should change.

    A running engine notices by itself that its nigoh.toml has changed.
    """
