"""Where commands write: results to stdout, everything else to stderr."""

from rich.console import Console

from nigoh.domain.camera_url import redact

output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def report_error(message: str) -> None:
    """One line on stderr, `error: ...`, without credentials and without markup."""
    errors.print("error: " + redact(" ".join(message.split())), markup=False, style="bold red")


def report_note(message: str) -> None:
    """One line on stderr for what the user should know, without credentials and without markup."""
    errors.print(redact(message), markup=False)
