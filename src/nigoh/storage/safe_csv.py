"""Tables as CSV, of which a spreadsheet obeys no cell (CSV injection, CWE-1236)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from nigoh.storage.people_table import neutralise


def safe_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The table in pieces, a line each: first the names of the columns, which are ours."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for row in rows:
        yield _taken(buffer)
        writer.writerow([neutralise(cell) for cell in row])
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
