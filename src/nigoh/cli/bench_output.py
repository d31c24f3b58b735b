"""What a benchmark with cameras found, for people to read. Pure."""

from collections.abc import Sequence

from rich.table import Table

from nigoh.evaluation.cameras_report import CamerasReport


def cameras_table(report: CamerasReport) -> Table:
    """A row a figure, with what it means."""
    table = Table(
        "what", "figure", "", title=f"{report.cameras} cameras, {report.seconds:.0f} s", title_justify="left"
    )
    for row in (*_cost(report), *_watched(report), *_people(report)):
        table.add_row(*row)
    return table


def trial_line(report: CamerasReport, reasons: Sequence[str]) -> str:
    """One trial of a search: whether these cameras were sustained, and what keeps them from it."""
    verdict = f"no: {', '.join(reasons)}" if reasons else "yes"
    return (
        f"{report.cameras} cameras: {verdict} (engine {report.engine_cores:.2f} cores, farm {report.farm_cores:.2f}, "
        f"coverage {report.coverage:.2f}, found {report.found} of {report.appearances}, "
        f"p95 {_seconds(report.latency_p95_s)})"
    )


def _cost(report: CamerasReport) -> list[tuple[str, str, str]]:
    cores = report.machine.get("cores", "?")
    return [
        ("engine", f"{report.engine_cores:.2f} cores", f"of {cores}; {report.machine.get('processor', '')}"),
        ("simulated cameras", f"{report.farm_cores:.2f} cores", "in a process of their own"),
        (
            "engine's memory",
            f"{report.engine_rss_mb:.0f} MB",
            f"{report.engine_pss_mb:.0f} MB with shared pages counted once",
        ),
    ]


def _watched(report: CamerasReport) -> list[tuple[str, str, str]]:
    looked = f"with those found unchanged {report.looked_fps_median:.2f}, {report.looked_fps_min:.2f}"
    drops = ", ".join(f"{count:,} {cause}" for cause, count in report.drops.items()) or "none"
    books = "the books balance" if report.books_balance else "THE BOOKS DO NOT BALANCE"
    return [
        ("watching", f"{report.watching} of {report.cameras}", f"{report.reconnects} reconnections"),
        ("coverage", f"{report.coverage:.3f}", f"least of a camera {report.coverage_least:.3f}"),
        (
            "analysed frames a second",
            f"{report.analysed_fps_median:.2f}",
            f"median of the cameras, least {report.analysed_fps_min:.2f}; {looked}",
        ),
        (
            "frames",
            f"{report.offered:,}",
            f"{report.analysed:,} analysed, {report.unchanged:,} unchanged, {report.waiting:,} waiting; {books}",
        ),
        ("dropped", f"{sum(report.drops.values()):,}", drops),
    ]


def _people(report: CamerasReport) -> list[tuple[str, str, str]]:
    missed = report.appearances - report.found
    return [
        ("known people found", f"{report.found} of {report.appearances}", f"for 2 s or more; {missed} missed"),
        ("wrong names", str(report.wrong_names), "tracks that name somebody who is not there"),
        ("strangers noticed", f"{report.strangers_noticed} of {report.strangers}", "for 2 s or more"),
        (
            "entering to name",
            _seconds(report.latency_p50_s),
            f"median; 95 % within {_seconds(report.latency_p95_s)}",
        ),
    ]


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"
