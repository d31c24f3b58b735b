"""`nigoh eval video`: sightings held against the truth of a clip."""

from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from nigoh.cli.eval_output import percent, require_writable, write_json
from nigoh.cli.terminal import output, report_note
from nigoh.domain.sighting import PersonId, person_id
from nigoh.domain.truth import Truth
from nigoh.errors import ConfigError
from nigoh.evaluation.photo_folders import list_people
from nigoh.evaluation.video_report import VideoReport, report_video
from nigoh.evaluation.video_scoring import enrolled_by_hint, score_video
from nigoh.messaging.json_lines import read_sightings
from nigoh.storage.truth_file import read_truth

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--truth", "truth_file", type=_FILE, required=True, help="Who really appears, when and where (JSON).")
@click.option("--sightings", "sightings_file", type=_FILE, required=True, help="What nigoh watch --out wrote.")
@click.option("--known", type=_FILE, help="The folder of known faces of that watch.")
@click.option("--enrolled", metavar="NAME,NAME", help="The people known to that watch, instead of --known.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the figures there.")
def video(
    truth_file: Path, sightings_file: Path, known: Path | None, enrolled: str | None, json_file: Path | None
) -> None:
    """Who was seen, named rightly, missed?

    Without --known and --enrolled the truth file's own hints say who is enrolled; without hints, everybody in it.
    """
    require_writable(json_file)
    truth = read_truth(truth_file)
    sightings = read_sightings(sightings_file)
    report = report_video(truth, score_video(truth, sightings, _enrolled(truth, known, enrolled)))
    write_json(report, json_file)
    _show(report)


def _enrolled(truth: Truth, known: Path | None, names: str | None) -> frozenset[PersonId]:
    if known is not None and names is not None:
        raise ConfigError("--known and --enrolled exclude each other", "Give one of the two.")
    if known is not None:
        return frozenset(list_people(known))
    if names is not None:
        return frozenset(person_id(name) for name in names.split(",") if name.strip())
    return enrolled_by_hint(truth)


def _show(report: VideoReport) -> None:
    table = Table(title=f"{escape(report.clip)}: {report.appearances} appearances, {report.sightings} sightings")
    for heading in ("person", "enrolled", "enters", "leaves", "outcome", "named", "sightings", "latency"):
        table.add_column(heading)
    for row in report.details:
        table.add_row(
            escape(row.person),
            "yes" if row.enrolled else "no",
            f"{row.enter_s:.2f} s",
            f"{row.leave_s:.2f} s",
            row.outcome,
            escape(", ".join(row.names)),
            str(row.sightings),
            "-" if row.latency_s is None else f"{row.latency_s:+.2f} s",
        )
    output.print(table)
    output.print(
        f"found {report.found} of {report.appearances} ({percent(report.found_rate)}), right {report.right} "
        f"({percent(report.right_rate)}), wrong name {report.wrong_name}, false sightings {report.false_sightings}"
    )
    for false in report.false:
        report_note(f"false: track {false.track} {false.status} {false.person or ''} at {false.first_s:.2f} s")
