"""`nigoh bench`: what this machine sustains."""

import click

from nigoh.cli.bench_cameras import cameras
from nigoh.cli.command_group import HelpfulGroup


@click.group(name="bench", cls=HelpfulGroup)
def command() -> None:
    """Measure what this machine sustains."""


command.add_command(cameras)
