"""`nigoh people import`: enrols many people."""

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nigoh.cli.database_options import database_options
from nigoh.cli.people_opening import actor, open_desks
from nigoh.cli.people_options import json_option, reason_option
from nigoh.cli.people_output import ListedCheck, checks_table, print_json
from nigoh.cli.people_reading import read_checks
from nigoh.cli.terminal import errors, output, report_note
from nigoh.cli.vision_options import vision_options
from nigoh.config.settings import VisionSettings
from nigoh.deployment_wiring import Deployment
from nigoh.domain.photo_check import PhotoOutcome
from nigoh.office.bulk_import import ImportOptions
from nigoh.office.import_report import ImportProgress, ImportReport
from nigoh.storage.people_folder import open_photo_source

_FINE = {PhotoOutcome.ENROLLED.value, PhotoOutcome.DUPLICATE.value}
_MOST_SHOWN = 200


class ImportedFile(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a photo, as JSON, and whose it was to be."""

    person: str
    check: ListedCheck


class RefusedPart(msgspec.Struct, frozen=True):
    """A file, a row or a person that was not followed, as JSON."""

    name: str
    reason: str


class ImportSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an import, as JSON: people it names, people enrolled and changed, photos by outcome."""

    people: int
    added: int
    changed: int
    lists: tuple[str, ...]
    outcomes: dict[str, int]
    cancelled: bool
    photos: tuple[ImportedFile, ...]
    refusals: tuple[RefusedPart, ...]


@click.command("import", short_help="Enrol many people: a folder, a ZIP or a CSV.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--allow-look-alikes", is_flag=True, help="Enrol people although others look like them.")
@click.option("--update", is_flag=True, help="Give people who are enrolled already the details of the import.")
@reason_option
@json_option
@vision_options
@database_options
def command(
    deployment: Deployment,
    path: Path,
    *,
    allow_look_alikes: bool,
    update: bool,
    reason: str,
    as_json: bool,
    vision: VisionSettings,
) -> int:
    """Enrol the people of PATH: a folder or a ZIP with a photo or a folder a person, or with a people.csv.

    What is there already is left as it is: the same import twice adds nothing. Ctrl+C ends it after the photos at
    hand. Exit code 1 if a file was not followed.
    """
    options = ImportOptions(allow_look_alikes=allow_look_alikes, update=update)
    with (
        open_photo_source(path) as source,
        _interrupted() as is_cancelled,
        _progress(source.plan.photo_count) as told,
    ):
        running = open_desks(deployment, vision).new_import(options)
        report = running.run(actor(reason), source, on_progress=told, is_cancelled=is_cancelled)
    summary = _summary(deployment, report)
    if as_json:
        print_json(summary)
    else:
        _print(summary)
    if report.cancelled:
        return 130
    return 0 if not summary.refusals and set(summary.outcomes) <= _FINE else 1


@contextmanager
def _progress(total: int) -> Iterator[Callable[[ImportProgress], None]]:
    columns = (TextColumn("photos"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("photos", total=total)
        yield lambda now: progress.update(task, completed=now.done, total=now.total)


@contextmanager
def _interrupted() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl+C was pressed; a second time it ends the command at once."""
    asked = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            signal.default_int_handler(number, frame)
        asked.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _summary(deployment: Deployment, report: ImportReport) -> ImportSummary:
    checks = read_checks(deployment, (photo.check for photo in report.photos))
    people = (photo.person for photo in report.photos)
    return ImportSummary(
        people=report.people,
        added=report.added,
        changed=report.changed,
        lists=report.lists,
        outcomes=Counter(check.outcome for check in checks),
        cancelled=report.cancelled,
        photos=tuple(ImportedFile(person=who, check=check) for who, check in zip(people, checks, strict=True)),
        refusals=tuple(RefusedPart(each.name, each.reason) for each in report.refusals),
    )


def _print(summary: ImportSummary) -> None:
    shown = [each.check for each in summary.photos if each.check.outcome not in _FINE or each.check.look_alikes]
    if shown:
        output.print(checks_table(shown[:_MOST_SHOWN]))
    for refusal in summary.refusals[:_MOST_SHOWN]:
        report_note(f"not followed: {refusal.name}: {refusal.reason}")
    if max(len(shown), len(summary.refusals)) > _MOST_SHOWN:
        report_note("note: there is more; see all of it with --json")
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(summary.outcomes.items()))
    if summary.lists:
        output.print(f"watch lists made: {', '.join(summary.lists)}", markup=False)
    ended = "cancelled, do it again to go on; " if summary.cancelled else ""
    people = f"{summary.people} people, {summary.added} of them new"
    output.print(f"{ended}{people}, {summary.changed} changed; photos: {counts or 'none'}", markup=False)
