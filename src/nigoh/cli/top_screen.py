"""The picture that `nigoh top` shows: an engine's summary drawn to fit a terminal."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.text import Text

from nigoh.cli.engine_summary import CameraRow, EngineSummary, Trouble
from nigoh.domain.camera_status import Activity, LinkState

_WIDE = 100
_NOTE_WIDTH = 60
_STATES = (LinkState.WATCHING, *(state for state in LinkState if state is not LinkState.WATCHING))
_STYLES = {
    Trouble.LINK: "red",
    Trouble.COVERAGE: "yellow",
    Trouble.DROPS: "yellow",
    Trouble.RECORDING: "yellow",
    Trouble.NONE: "",
}
_MARKS = {Trouble.LINK: "!!", Trouble.NONE: ""}


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its title, what it says of a camera, its width, and whether narrow terminals show it too."""

    title: str
    cell: Callable[[CameraRow], str]
    width: int
    is_text: bool = False
    always: bool = True


def draw(summary: EngineSummary, width: int, height: int | None = None, problem: str = "") -> RenderableType:
    """The screen, at most as wide and high as the terminal.

    Args:
        summary: what to show.
        width: of the terminal, characters.
        height: of the terminal, lines; None shows every camera.
        problem: why the summary is not new, or "".
    """
    columns = [column for column in _columns(summary.cameras) if column.always or width >= _WIDE]
    titles = Text("  ".join(_fit(column.title, column) for column in columns), "bold dim")
    blocks = [_block(row, columns, width) for row in summary.cameras]
    shown = len(blocks) if height is None else _how_many(blocks, height - len(_HEADINGS) - 3)
    lines = [*(heading(summary) for heading in _HEADINGS), Text(), titles, *chain.from_iterable(blocks[:shown])]
    if height is not None or problem:
        lines.append(_footer(summary.cameras[shown:], problem))
    for line in lines[:height]:
        line.no_wrap, line.overflow = True, "ellipsis"
    return Group(*lines[:height])


def _cameras(summary: EngineSummary) -> Text:
    states = ", ".join(f"{summary.states[state]:,} {state}" for state in _STATES if state in summary.states)
    count = len(summary.cameras)
    return _facts(
        ("up", _duration(summary.up_s)),
        (f"{count:,} camera{'' if count == 1 else 's'}:", states or "none yet"),
    )


def _flow(summary: EngineSummary) -> Text:
    return _facts(
        ("frames/s", f"{summary.analysed_fps:,.0f} analysed of {summary.received_fps:,.0f}"),
        ("faces/s", f"{summary.faces_per_s:,.1f}"),
        ("latency", f"p50 {_seconds(summary.latency_p50_s)} s, p95 {_seconds(summary.latency_p95_s)} s"),
    )


def _cost(summary: EngineSummary) -> Text:
    restarts = f" (restarts {summary.restarts})" if summary.restarts else ""
    return _facts(
        ("cores", f"{summary.cores:.2f}"),
        ("memory", _size(summary.resident_bytes)),
        ("shards", f"{summary.shards}{restarts}"),
        ("covered", f"{_percent(summary.coverage_mean)}, least {_percent(summary.coverage_least)}"),
    )


def _facts(*facts: tuple[str, str]) -> Text:
    line = Text()
    for number, (name, fact) in enumerate(facts):
        line.append("   " if number else "").append(name, "bold").append(f" {fact}")
    return line


def _block(row: CameraRow, columns: Sequence[_Column], width: int) -> list[Text]:
    """A camera's line. What is wrong with it follows, on a line of its own where there is little room."""
    line = Text("  ".join(_fit(column.cell(row), column) for column in columns), _style(row))
    note = _note(row)
    if note and line.cell_len + _NOTE_WIDTH <= width:
        return [line.append("  " + note)]
    return [line, Text("    " + note, _style(row))] if note and row.trouble is not Trouble.NONE else [line]


def _how_many(blocks: Sequence[Sequence[Text]], room: int) -> int:
    """How many blocks fit into so many lines."""
    return sum(used <= room for used in accumulate(len(block) for block in blocks))


def _fit(text: str, column: _Column) -> str:
    if cell_len(text) > column.width:
        return set_cell_size(text, column.width - 1) + "…"
    space = " " * (column.width - cell_len(text))
    return text + space if column.is_text else space + text


def _footer(rest: Sequence[CameraRow], problem: str) -> Text:
    line = Text()
    if problem:
        return line.append(problem, "bold red")
    if rest:
        troubled = sum(row.trouble is not Trouble.NONE for row in rest)
        how = f"{troubled:,} of them in trouble" if troubled else "all well"
        line.append(f"… and {len(rest):,} more, {how}   ", "yellow" if troubled else "dim")
    return line.append("q quits", "dim")


def _style(row: CameraRow) -> str:
    if row.trouble is Trouble.NONE and row.state is not LinkState.WATCHING:
        return "dim"
    return "green" if row.trouble is Trouble.NONE and row.activity is Activity.FACE else _STYLES[row.trouble]


def _note(row: CameraRow) -> str:
    """What is wrong, and what happens next or helps; "" while all is well."""
    parts = []
    if row.reason or row.next_try_s is not None:
        when = "" if row.next_try_s is None else f"again in {row.next_try_s:.0f} s"
        parts.append(
            ": ".join(filter(None, (when, ". ".join(filter(None, (row.reason.rstrip("."), row.next_step))))))
        )
    if row.drops_per_s:
        worst = sorted(row.drops_per_s.items(), key=lambda drop: -drop[1])
        parts.append("drops/s " + ", ".join(f"{cause} {_rate(rate)}" for cause, rate in worst))
    if row.recording.startswith("paused"):
        parts.append(f"recording {row.recording}")
    # Some of it is a camera's own words, which may be meant for the terminal.
    return "".join(letter if letter.isprintable() else " " for letter in "; ".join(parts))


def _stream(row: CameraRow) -> str:
    if not row.width_px:
        return row.codec or "-"
    return f"{row.codec} {row.width_px}x{row.height_px}" + (f" {row.stream_fps:.0f}/s" if row.stream_fps else "")


def _doing(row: CameraRow) -> str:
    return str(row.activity if row.state is LinkState.WATCHING else row.state)


def _recording(row: CameraRow) -> str:
    return row.recording.partition(":")[0] or "-"


def _coverage(row: CameraRow) -> str:
    return "-" if row.state in {LinkState.IDLE, LinkState.RESTING} else _percent(row.coverage)


def _rate(per_s: float) -> str:
    return f"{per_s:.1f}" if per_s < 10 else f"{per_s:.0f}"


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return ">10" if math.isinf(seconds) else f"{seconds:.2f}"


def _percent(share: float | None) -> str:
    # Rounded down: 100 % is said of nothing that has a gap.
    return "-" if share is None else f"{math.floor(share * 100 + 1e-9)} %"


def _size(count: int) -> str:
    return f"{count / 1e6:,.0f} MB" if count < 10e9 else f"{count / 1e9:,.1f} GB"


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _columns(rows: Sequence[CameraRow]) -> tuple[_Column, ...]:
    longest = max((cell_len(row.camera) for row in rows), default=0)
    return (
        _Column("", lambda row: _MARKS.get(row.trouble, "!"), 2, is_text=True),
        _Column("camera", lambda row: row.camera, min(max(longest, 6), 24), is_text=True),
        _Column("state", _doing, 10, is_text=True),
        _Column("stream", _stream, 19, is_text=True, always=False),
        _Column("in/s", lambda row: _rate(row.received_fps), 5, always=False),
        _Column("seen/s", lambda row: _rate(row.analysed_fps), 6),
        _Column("faces/s", lambda row: _rate(row.faces_per_s), 7, always=False),
        _Column("p50 s", lambda row: _seconds(row.latency_p50_s), 5, always=False),
        _Column("p95 s", lambda row: _seconds(row.latency_p95_s), 5),
        _Column("covered", _coverage, 7),
        _Column("record", _recording, 6, is_text=True, always=False),
    )


_HEADINGS = (_cameras, _flow, _cost)
