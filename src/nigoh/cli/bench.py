"""`nigoh bench`: what this machine sustains."""

import click

from nigoh.cli.bench_cameras import cameras


@click.group(name="bench")
def command() -> None:
    """Measure what this machine sustains."""


command.add_command(cameras)
