"""The detection error trade-off of an identification test as a picture (Martin et al., Eurospeech 1997)."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nigoh.errors import OutputError
from nigoh.evaluation.identification import Searches, det_curve
from nigoh.evaluation.identification_report import IdentificationReport


def write_det_plot(report: IdentificationReport, searches: Searches, path: Path) -> None:
    """Write FNIR over FPIR as a PNG, both axes logarithmic, with 95 % bars where a rate was reported.

    Only measured points are drawn: the curve ends at one false alarm, and a dotted line marks one miss, below which
    nothing can be measured with these probes.

    Raises:
        OutputError: the file cannot be written.
    """
    figure = Figure(figsize=(7, 5.5), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    _draw_curve(axes, searches)
    _draw_rates(axes, report)
    _label(axes, report)
    try:
        figure.savefig(path, format="png")
    except OSError as error:
        raise OutputError.of(path, error) from error


def _draw_curve(axes: Axes, searches: Searches) -> None:
    fpir, fnir = det_curve(searches)
    shown = fnir > 0
    axes.set(xscale="log", yscale="log")
    axes.plot(fpir[shown], fnir[shown], drawstyle="steps-pre", color="tab:blue", label="measured")
    one_miss, one_alarm = 1 / len(searches.mated), 1 / max(len(searches.non_mated), 1)
    axes.axhline(one_miss, linestyle=":", color="grey", linewidth=1, label=f"one miss of {len(searches.mated)}")
    axes.axvline(
        one_alarm, linestyle="--", color="grey", linewidth=1, label=f"one false alarm of {len(searches.non_mated)}"
    )
    axes.set_xlim(min(one_alarm / 1.5, 1e-1), 1.1)
    axes.set_ylim(one_miss / 1.5, 1.1)


def _draw_rates(axes: Axes, report: IdentificationReport) -> None:
    label: str | None = "95 % bootstrap over people"
    for rate in report.rates:
        if rate.fnir and rate.interval:
            spread = np.array([[rate.fnir - rate.interval.low], [rate.interval.high - rate.fnir]]).clip(0)
            axes.errorbar([rate.fpir], [rate.fnir], spread, fmt="o", capsize=4, color="tab:red", label=label)
            label = None


def _label(axes: Axes, report: IdentificationReport) -> None:
    axes.set_xlabel("false positive identification rate (strangers named)")
    axes.set_ylabel("false negative identification rate (enrolled people missed)")
    axes.set_title(
        f"Open-set identification, {report.model}\n{report.enrolled} people enrolled; {report.mated} mated probes of "
        f"{report.mated_people}, {report.non_mated} non-mated of {report.non_mated_people}",
        fontsize=10,
    )
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend(loc="best", fontsize=8)
