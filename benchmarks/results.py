"""Where a benchmark puts its figures: a file for machines, a table for people."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
_NARROWEST = 150  # columns: narrower ones cut the figures
console = Console(highlight=False, soft_wrap=True)
console.width = max(console.width, _NARROWEST)


def save_result(name: str, figures: Mapping[str, object], folder: Path | None = None) -> Path:
    """Write the figures as JSON; a file that is there is replaced."""
    target = (folder or RESULTS) / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=target.parent, suffix=".part", delete=False, encoding="utf-8") as part:
        json.dump(figures, part, indent=2, ensure_ascii=False)
        part.write("\n")
    Path(part.name).chmod(0o644)
    return Path(part.name).replace(target)


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; the first column is left-aligned, numbers right."""
    table = Table(title=title, title_justify="left")
    for position, column in enumerate(columns):
        table.add_column(column, justify="left" if position == 0 else "right")
    for row in rows:
        table.add_row(*(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row))
    console.print(table)
