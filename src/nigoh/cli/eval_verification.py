"""`nigoh eval verification`: pairs of photos, one person or two (1:1)."""

from pathlib import Path

import click
from rich.table import Table

from nigoh.cli.eval_output import describe_with_progress, percent, require_writable, write_json
from nigoh.cli.terminal import output, report_note
from nigoh.cli.vision_options import vision_options
from nigoh.config.settings import VisionSettings
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import ConfigError
from nigoh.evaluation.comparisons import score_pairs
from nigoh.evaluation.photo_folders import find_photos, images_beside, read_pairs
from nigoh.evaluation.thresholds import most_accurate_threshold
from nigoh.evaluation.verification_report import VerificationReport, report_verification
from nigoh.wiring import build_vision

_FILE = click.Path(path_type=Path)
_SHOWN_ERRORS = 10


@click.command()
@click.option(
    "--pairs", "pairs_file", type=_FILE, required=True, help="List of pairs: LFW's form, or file,file,Yes/No."
)
@click.option("--images", type=_FILE, help="Folder of the photos.  [default: images/ beside the list, or its folder]")
@click.option("--threshold-from", type=_FILE, metavar="PAIRS", help="Choose the threshold on these pairs.")
@click.option("--threshold", type=click.FloatRange(-1, 1), help="Decide by this similarity.")
@click.option(
    "--false-match-rate",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=1e-4,
    show_default=True,
    help="Decide by the model's own threshold for this rate, if nothing else decides.",
)
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the figures there.")
@vision_options
def verification(
    *,
    pairs_file: Path,
    images: Path | None,
    threshold_from: Path | None,
    threshold: float | None,
    false_match_rate: float,
    json_file: Path | None,
    vision: VisionSettings,
) -> None:
    """Are two photos one person?

    Accuracy, its standard error, TAR at FAR 1e-2 and 1e-3, EER, and photos without a detected face. Lists of ten
    folds choose each fold's threshold on the others; one fold is decided by --threshold-from, --threshold or the
    model's own threshold.
    """
    if threshold is not None and threshold_from is not None:
        raise ConfigError("--threshold and --threshold-from exclude each other", "Give one of the two.")
    require_writable(json_file)
    pairs = read_pairs(pairs_file)
    files = find_photos(images or images_beside(pairs_file), pairs.photos)
    seeing = build_vision(vision)
    source = "given"
    if threshold_from is not None:
        threshold = _choose_threshold(threshold_from, images, seeing.analyser)
        source = f"the best on {threshold_from.name}"
    elif threshold is None and pairs.folds == 1:
        threshold = seeing.threshold_for(false_match_rate)
        source = f"that of {vision.embedder} for a false match rate of {false_match_rate:g}"
    elif threshold is None:
        source = f"for each of {pairs.folds} folds the best on the others; the figure is their mean"
    described = describe_with_progress(tuple(dict.fromkeys(files.values())), seeing.analyser)
    report = report_verification(pairs, files, described, threshold=threshold, threshold_source=source)
    write_json(report, json_file)
    _show(report)


def _choose_threshold(pairs_file: Path, images: Path | None, analyser: FaceAnalyser) -> float:
    pairs = read_pairs(pairs_file)
    files = find_photos(images or images_beside(pairs_file), pairs.photos)
    described = describe_with_progress(tuple(dict.fromkeys(files.values())), analyser)
    return most_accurate_threshold(score_pairs(pairs, files, described), pairs.mated)


def _show(report: VerificationReport) -> None:
    table = Table(title=f"Verification: {report.mated} mated and {report.non_mated} non-mated pairs, {report.model}")
    table.add_column("measure")
    table.add_column("figure", justify="right")
    table.add_row("accuracy", f"{percent(report.accuracy)} ± {100 * report.accuracy_se:.2f}")
    table.add_row("wrong pairs", f"{report.wrong} of {report.pairs}")
    table.add_row("TAR at FAR 1e-2", percent(report.tar_at_far_1e_2))
    table.add_row("TAR at FAR 1e-3", percent(report.tar_at_far_1e_3))
    table.add_row("EER", percent(report.eer))
    table.add_row("threshold", f"{report.threshold:.4f}")
    table.add_row("undetected", f"{report.undetected} of {report.photos} photos, {report.undetected_pairs} pairs")
    output.print(table)
    report_note(f"The threshold is {report.threshold_source}.")
    for note in report.notes:
        report_note(note)
    for photo in report.undetected_photos[:_SHOWN_ERRORS]:
        report_note(f"undetected: {photo}")
    for pair in report.errors[:_SHOWN_ERRORS]:
        report_note(f"wrong: {pair.first} - {pair.second} {'mated' if pair.mated else 'non-mated'} {pair.score:.3f}")
