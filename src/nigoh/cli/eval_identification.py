"""`nigoh eval identification`: probes against a gallery, some of people who are not in it (open-set 1:N)."""

from pathlib import Path

import click
from rich.table import Table

from nigoh.cli.eval_output import describe_with_progress, percent, require_writable, write_json
from nigoh.cli.terminal import output, report_note
from nigoh.cli.vision_options import vision_options
from nigoh.config.settings import VisionSettings, WatchSettings
from nigoh.errors import ConfigError
from nigoh.evaluation.det_plot import write_det_plot
from nigoh.evaluation.identification import Interval
from nigoh.evaluation.identification_report import IdentificationReport, Plan, enrol_gallery, report_identification
from nigoh.evaluation.identification_sets import IdentificationSet, probe_gallery, split_people
from nigoh.evaluation.photo_folders import list_people
from nigoh.identity.calibration import false_match_rate_for
from nigoh.wiring import build_vision

_FILE = click.Path(path_type=Path)
_SHOWN = 10


@click.command()
@click.option("--gallery", type=_FILE, help="Enrolled people: a folder or a photo each.")
@click.option("--probes", type=_FILE, help="Probes, laid out like the gallery; mated if their name is in it.")
@click.option("--images", type=_FILE, help="One folder of people, to be split by --split.")
@click.option(
    "--split", "photos_each", type=click.IntRange(min=1), metavar="N", help="Enrol N photos of each person."
)
@click.option(
    "--enrolled-share",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="With --split: share of the people with more than N photos who are enrolled.",
)
@click.option(
    "--false-alarms",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=WatchSettings.model_fields["false_alarms"].default,
    show_default=True,
    help="Measure at the threshold that a watch would use for this share.",
)
@click.option("--threshold", type=click.FloatRange(-1, 1), help="Measure at this similarity instead.")
@click.option("--bootstrap", type=click.IntRange(min=10), default=1000, show_default=True, help="Samples of people.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the split and the bootstrap.")
@click.option("--plot", type=_FILE, metavar="PNG", help="Write the DET plot there.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the figures there.")
@vision_options
def identification(
    *,
    gallery: Path | None,
    probes: Path | None,
    images: Path | None,
    photos_each: int | None,
    enrolled_share: float,
    false_alarms: float,
    threshold: float | None,
    bootstrap: int,
    seed: int,
    plot: Path | None,
    json_file: Path | None,
    vision: VisionSettings,
) -> None:
    """Who is it, if anybody?

    FNIR at FPIR 1e-1, 1e-2 and 1e-3 and the rank-1 rate, with 95 % bootstrap intervals over people. Give --gallery
    and --probes, or --images and --split.
    """
    require_writable(json_file)
    require_writable(plot)
    test = _test(gallery, probes, images, photos_each, enrolled_share=enrolled_share, seed=seed)
    seeing = build_vision(vision)
    described = describe_with_progress(test.photos, seeing.analyser)
    enrolled = enrol_gallery(test, described)
    source = "given"
    if threshold is None:
        rate = false_match_rate_for(false_alarms, len(enrolled))
        threshold = seeing.threshold_for(rate)
        source = f"what a watch uses for {len(enrolled)} photos and false alarms of {false_alarms:g}"
    plan = Plan(threshold, source, bootstrap, seed)
    report, searches = report_identification(test, enrolled, described, plan)
    write_json(report, json_file)
    if plot is not None:
        write_det_plot(report, searches, plot)
    _show(report)


def _test(
    gallery: Path | None,
    probes: Path | None,
    images: Path | None,
    photos_each: int | None,
    *,
    enrolled_share: float,
    seed: int,
) -> IdentificationSet:
    if gallery and probes and not images and photos_each is None:
        return probe_gallery(list_people(gallery), list_people(probes))
    if images and photos_each is not None and not gallery and not probes:
        return split_people(list_people(images), photos_each, enrolled_share=enrolled_share, seed=seed)
    raise ConfigError("no test is given", "Give --gallery and --probes, or --images and --split.")


def _show(report: IdentificationReport) -> None:
    table = Table(title=f"Open-set identification: {report.enrolled} people enrolled, {report.model}")
    table.add_column("measure")
    table.add_column("figure", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("threshold", justify="right")
    for rate in report.rates:
        threshold = "-" if rate.threshold is None else f"{rate.threshold:.4f}"
        table.add_row(f"FNIR at FPIR {rate.fpir:g}", percent(rate.fnir), _interval(rate.interval), threshold)
    table.add_row("rank 1", percent(report.rank_1), _interval(report.rank_1_interval), "")
    used = report.in_use
    table.add_section()
    table.add_row("FNIR in use", percent(used.fnir), _interval(used.fnir_interval), f"{used.threshold:.4f}")
    table.add_row("FPIR in use", percent(used.fpir), _interval(used.fpir_interval), f"{used.threshold:.4f}")
    output.print(table)
    report_note(f"The threshold in use is {report.threshold_source}.")
    report_note(
        f"{report.mated} mated probes of {report.mated_people} people, {report.non_mated} non-mated of "
        f"{report.non_mated_people}; {report.gallery_photos} photos enrolled; {report.undetected} photos without a "
        f"face ({report.undetected_mated} mated, {report.undetected_non_mated} non-mated probes)"
    )
    for rate in report.rates:
        if rate.reason:
            report_note(f"FPIR {rate.fpir:g}: {rate.reason}")
    for person in report.not_enrolled[:_SHOWN]:
        report_note(f"not enrolled, no face found: {person}")
    for photo in report.undetected_photos[:_SHOWN]:
        report_note(f"undetected: {photo}")
    for stranger in report.strangers_named[:_SHOWN]:
        if stranger.score is not None:
            report_note(f"stranger nearest to somebody: {stranger.photo} - {stranger.found} {stranger.score:.3f}")


def _interval(interval: Interval | None) -> str:
    return "-" if interval is None else f"{percent(interval.low)} to {percent(interval.high)}"
