"""What the evaluation commands share: progress over photos, figures as text, reports as JSON."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nigoh.cli.terminal import errors
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import ConfigError, OutputError
from nigoh.evaluation.photo_templates import PhotoTemplates, describe_photos


def describe_with_progress(photos: Sequence[Path], analyser: FaceAnalyser) -> PhotoTemplates:
    """Templates of photos, with a bar on stderr while it takes."""
    columns = (TextColumn("photos"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("photos", total=len(photos))
        return describe_photos(photos, analyser, lambda count: progress.advance(task, count))


def require_writable(path: Path | None) -> None:
    """Refuse to start when a result could not be written at the end. Raises ConfigError."""
    if path is None:
        return
    if path.is_dir() or not path.parent.is_dir():
        problem = "is a folder" if path.is_dir() else "lies in a folder that does not exist"
        raise ConfigError(f"{path} {problem}", "Name a file in a folder that exists.")


def write_json(report: msgspec.Struct, path: Path | None) -> None:
    """Write a report as indented JSON, if a path is given. Raises OutputError."""
    if path is None:
        return
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    except OSError as error:
        raise OutputError.of(path, error) from error


def percent(share: float | None) -> str:
    """A share as text, "99.40 %", or a dash where there is no figure."""
    return "-" if share is None else f"{100 * share:.2f} %"
