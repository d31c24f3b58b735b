"""The command `nigoh`: finds a command's file, runs it, and turns errors into one line and an exit code.

Exit codes: 0 done, 1 done and the check failed, 2 bad input or set-up, 130 interrupted.
"""

import sys
from importlib.metadata import version

import click

from nigoh.cli.command_group import CommandGroup
from nigoh.cli.terminal import report_error
from nigoh.errors import NigohError

# A command's file is imported when the command is used: `nigoh models list` must not wait for `nigoh watch`.
_COMMANDS = {
    "watch": ("nigoh.cli.watch", "Watch a video, a camera or a folder: who appears, when, how sure."),
    "models": ("nigoh.cli.models", "The models: list, verify, accept a licence."),
    "doctor": ("nigoh.cli.doctor", "Check this machine: devices, models, video, window."),
    "eval": ("nigoh.cli.eval", "Measure accuracy: verification, identification, video."),
    "cameras": ("nigoh.cli.cameras", "The cameras: add, list, remove, test."),
    "people": ("nigoh.cli.people", "Who is enrolled: add, find, import, export, erase; watch lists."),
    "samples": ("nigoh.cli.samples", "Obtain public-domain portraits to try nigoh with."),
    "simulate": ("nigoh.cli.simulate", "Make a camera-like clip with a truth file from portraits."),
    "view": ("nigoh.cli.view", "Show what a camera of the running engine sees, live."),
    "demo": ("nigoh.cli.demo", "Show the console over simulated cameras: from nothing to the first name."),
    "up": ("nigoh.cli.up", "Run the engine on all cameras of a configuration."),
    "users": ("nigoh.cli.users", "Who may use nigoh: add, list, roles, passwords, tokens."),
    "settings": ("nigoh.cli.settings", "What is changed while nigoh runs: thresholds, retention, new cameras."),
    "backup": ("nigoh.cli.backup", "Back up the database, photos and crops, also while nigoh runs."),
    "restore": ("nigoh.cli.restore", "Restore a backup into an empty place."),
    "audit": ("nigoh.cli.audit", "Who did what: list, export, verify, note the head."),
    "privacy": ("nigoh.cli.privacy", "What is owed to people: a copy of their data, and to be forgotten."),
    "vault": ("nigoh.cli.vault", "The keys: rotate them, see how they are."),
    "top": ("nigoh.cli.top", "Show how the running engine and its cameras are, live."),
    "bench": ("nigoh.cli.bench", "Measure what this machine sustains."),
    "farm": ("nigoh.cli.farm", "Simulate RTSP cameras with faces, faults and a truth."),
}


@click.group(
    cls=CommandGroup,
    table=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(version("nigoh"), prog_name="nigoh")
def nigoh() -> None:
    """Say when a person you look for, know, or do not know appears on your cameras."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit the process with its code."""
    try:
        result = nigoh.main(arguments, prog_name="nigoh", standalone_mode=False)
    except NigohError as error:
        report_error(str(error))
        sys.exit(2)
    except click.ClickException as error:
        hint = f" Try: {error.ctx.command_path} --help" if isinstance(error, click.UsageError) and error.ctx else ""
        report_error(error.format_message() + hint)
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        report_error("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # What commands open they put into words themselves; left is what they print to.
        report_error(
            f"{error.filename or 'standard output'}: {error.strerror or error}. Give it room, or another place."
        )
        sys.exit(2)
    except ImportError as error:
        # An extension module that is interrupted while it loads turns the interruption into this.
        if not isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            raise
        report_error("interrupted")
        sys.exit(130)
    sys.exit(result if isinstance(result, int) else 0)
