"""Where commands write: results to stdout, everything else to stderr."""

import sys
from typing import TextIO

from rich.console import Console

from nigoh.domain.camera_url import redact

_FILE_COLUMNS = 140


def _console(stream: TextIO | None, *, stderr: bool) -> Console:
    """A console as wide as the terminal; in a file or a pipe wide enough that no table breaks its cells.

    A stream that was closed (`>&-`) is None and swallows what is written.
    """
    width = None if stream and stream.isatty() else _FILE_COLUMNS
    return Console(stderr=stderr, highlight=False, soft_wrap=True, width=width)


output = _console(sys.stdout, stderr=False)
errors = _console(sys.stderr, stderr=True)


def report_error(message: str) -> None:
    """One line on stderr, `error: ...`, without credentials and without markup."""
    errors.print("error: " + redact(" ".join(message.split())), markup=False, style="bold red")


def report_note(message: str) -> None:
    """One line on stderr for what the user should know, without credentials and without markup."""
    errors.print(redact(" ".join(message.split())), markup=False)
