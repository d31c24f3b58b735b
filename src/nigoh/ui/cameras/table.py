"""A table of cameras, as CSV: what stands in each line, and what is wrong with it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from nigoh.domain.schedule import parse_hours
from nigoh.errors import ConfigError
from nigoh.ui.cameras.address import full_address

COLUMNS = ("name", "url", "user", "password", "group", "transport", "mode", "priority", "record", "schedule")
"""`name` and `url` are needed; the others may be left out, or empty. Hours of the schedule are parted by `|`."""

MOST_LINES = 2_000
MOST_BYTES = 2**20

_CHOICES = {
    "transport": ("tcp", "udp"),
    "mode": ("keyframes", "adaptive", "full"),
    "priority": ("low", "normal", "high"),
    "record": ("never", "sightings", "always"),
}
_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of the table.

    Attributes:
        number: in the file, from 1.
        name: of the camera, as it stands there.
        group: name of its group, or "".
        body: as the API takes it, but for the group; it may hold a password.
        problem: what is wrong with it, in English, or "".
    """

    number: int
    name: str
    group: str = ""
    body: dict[str, object] = field(default_factory=dict, repr=False)
    problem: str = ""


def read_table(content: bytes) -> tuple[TableLine, ...]:
    """All lines, in their order. Raises ConfigError when it is no such table."""
    if len(content) > MOST_BYTES:
        raise ConfigError(f"the table is larger than {MOST_BYTES // 2**20} MiB", "Send it in parts.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("the table is not written in UTF-8", "Save it as CSV UTF-8.") from error
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = [(each or "").strip().lower() for each in reader.fieldnames or ()]
        reader.fieldnames = columns
        if not {"name", "url"} <= set(columns) or not set(columns) <= set(COLUMNS):
            raise ConfigError("the first line names no such columns", f"It names some of: {', '.join(COLUMNS)}.")
        return tuple(_lines(reader))
    except csv.Error as error:
        raise ConfigError(f"the table cannot be read: {error}", "Save it as CSV once more.") from error


def _lines(reader: "csv.DictReader[str]") -> Iterator[TableLine]:
    names: set[str] = set()
    for count, row in enumerate(reader):
        if count >= MOST_LINES:
            raise ConfigError(f"the table has more than {MOST_LINES} lines", "Send it in parts.")
        values = {
            key: (value or "").strip() for key, value in row.items() if key in COLUMNS and isinstance(value, str)
        }
        if not any(values.values()):
            continue
        line = _line(reader.line_num, values)
        if not line.problem and line.name.casefold() in names:
            line = TableLine(line.number, line.name, problem="another line has this name")
        names.add(line.name.casefold())
        yield line


def _line(number: int, values: dict[str, str]) -> TableLine:
    name = values.get("name", "")
    url = full_address(values.get("url", ""), values.get("user", ""), values.get("password", ""))
    if not name or not url:
        return TableLine(number, name, problem="it needs a name and a url")
    body: dict[str, object] = {"name": name, "url": url}
    for key, choices in _CHOICES.items():
        value = values.get(key, "").lower()
        if value and value not in choices:
            return TableLine(number, name, problem=f"{key} is one of {', '.join(choices)}")
        if value:
            body[key] = value
    hours = [each.strip() for each in values.get("schedule", "").split("|") if each.strip()]
    try:
        for each in hours:
            parse_hours(each)
    except ValueError as error:
        return TableLine(number, name, problem=str(error))
    if hours:
        body["schedule"] = hours
    return TableLine(number, name, values.get("group", ""), body)
