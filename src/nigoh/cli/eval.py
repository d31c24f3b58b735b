"""`nigoh eval`: measure accuracy, by protocol."""

import click

from nigoh.cli.command_group import HelpfulGroup
from nigoh.cli.eval_identification import identification
from nigoh.cli.eval_verification import verification
from nigoh.cli.eval_video import video


@click.group(name="eval", cls=HelpfulGroup)
def command() -> None:
    """Measure accuracy on labelled photos and clips."""


command.add_command(verification)
command.add_command(identification)
command.add_command(video)
