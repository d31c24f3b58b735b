r"""People as a table, CSV: read from whatever a spreadsheet saves, written so that a spreadsheet obeys no cell.

Columns: name, and, as far as they are there, id, other_names, external_id, group, lists, legal_basis, expires, notes,
photos. Several values in a cell are separated by `;` (in a value: `\;`). `expires` is a date, whose beginning (UTC)
is meant, or a time of RFC 3339.

A cell that begins with = + - @ (or their wide forms), a tab or a line break is a formula to a spreadsheet, and can
run programs and send data (CSV injection, CWE-1236). It is written with an apostrophe before it, which is taken away
when it is read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TextIO

from nigoh.domain.import_plan import ImportPlan, PlannedPerson, Refusal
from nigoh.domain.people import LegalBasis
from nigoh.domain.person_name import clean_name
from nigoh.domain.sighting import PersonId
from nigoh.errors import EnrolmentError
from nigoh.storage.readable_names import readable

COLUMNS = (
    "id", "name", "other_names", "external_id", "group", "lists", "legal_basis", "expires", "notes", "photos",
)  # fmt: skip

MOST_BYTES = 64 << 20
MOST_ROWS = 1_000_000
MOST_PHOTOS = 1000
MOST_NOTE_LETTERS = 10_000

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_ESCAPED = _FORMULA | {"'"}
_DELIMITERS = ",;\t"
_IDENTIFIER = re.compile(r"[0-9a-z]{1,64}")


def neutralise(cell: str) -> str:
    """The cell as a spreadsheet may see it; `restore` gives it back exactly."""
    return f"'{cell}" if cell[:1] in _ESCAPED and cell else cell


def restore(cell: str) -> str:
    """What a cell says that `neutralise` may have written."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _ESCAPED and len(cell) > 1 else cell


def read_table(data: bytes, name: str) -> ImportPlan:
    """The people of a CSV file; rows that make no sense are refused, each with the reason.

    It may be in UTF-8, with or without a byte order mark, in UTF-16 with one, or else is taken for Windows-1251, and
    separated by commas, semicolons or tabs.

    Raises:
        EnrolmentError: it is too large, is no table, or has no column `name`.
    """
    if len(data) > MOST_BYTES:
        raise EnrolmentError(f"{readable(name)} has more than {MOST_BYTES >> 20} MB", "Split it.")
    people: list[PlannedPerson] = []
    refusals: list[Refusal] = []
    try:
        for line, row in _rows(_decode(data, name), name):
            where = f"{readable(name)}, line {line}"
            try:
                people.append(_person(row, where))
            except ValueError as error:
                refusals.append(Refusal(where, str(error)))
    except csv.Error as error:
        raise EnrolmentError(f"{readable(name)} is no table: {error}", "Save it as CSV in UTF-8.") from error
    return ImportPlan(tuple(people), tuple(refusals))


def write_table(people: Iterable[PlannedPerson], target: TextIO) -> None:
    """Write people as `read_table` reads them. The target is opened with newline=""."""
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for person in people:
        writer.writerow([neutralise(cell) for cell in _cells(person)])


def join_values(values: Sequence[str]) -> str:
    """Several values as one cell."""
    return "; ".join(value.replace("\\", "\\\\").replace(";", "\\;") for value in values)


def split_values(cell: str) -> tuple[str, ...]:
    """The values of a cell; empty ones are left out."""
    parts = re.findall(r"(?:\\.|[^;\\]|\\$)+", cell, re.DOTALL)
    values = (re.sub(r"\\([\\;])", r"\1", part).strip() for part in parts)
    return tuple(value for value in values if value)


def _cells(person: PlannedPerson) -> tuple[str, ...]:
    expires = person.expires_unix_s
    return (
        person.id or "",
        person.name,
        join_values(person.other_names),
        person.external_id or "",
        person.group,
        join_values(person.lists),
        person.legal_basis.value,
        "" if expires is None else datetime.fromtimestamp(expires, UTC).isoformat().replace("+00:00", "Z"),
        person.notes,
        join_values(person.photos),
    )


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1251")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise EnrolmentError(f"{readable(name)} is no readable text", "Save it as CSV in UTF-8.")


def _rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that is not empty, by its columns, with the line on which it ends."""
    header_line = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = [_column(cell) for cell in next(reader, [])]
    if "name" not in columns:
        raise EnrolmentError(
            f"{readable(name)} has no column 'name'", f"Its first line names the columns: {', '.join(COLUMNS)}."
        )
    for count, cells in enumerate(reader):
        if count >= MOST_ROWS:
            raise EnrolmentError(f"{readable(name)} has more than {MOST_ROWS} rows", "Split it.")
        if any(cell.strip() for cell in cells):
            yield reader.line_num, {column: restore(cell) for column, cell in zip(columns, cells, strict=False)}


def _column(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", restore(cell).strip().casefold())


def _person(row: Mapping[str, str], where: str) -> PlannedPerson:
    """Raises ValueError: a value makes no sense; says which and what would."""
    values = {column: row.get(column, "").strip() for column in COLUMNS}
    if values["id"] and not _IDENTIFIER.fullmatch(values["id"]):
        raise ValueError("id is not one of nigoh: leave it empty for new people")
    photos = split_values(values["photos"])
    if len(photos) > MOST_PHOTOS:
        raise ValueError(f"a person has at most {MOST_PHOTOS} photos, not {len(photos)}")
    return PlannedPerson(
        id=PersonId(values["id"]) if values["id"] else None,
        name=clean_name(values["name"]),
        other_names=tuple(clean_name(each) for each in split_values(values["other_names"])),
        external_id=clean_name(values["external_id"]) if values["external_id"] else None,
        group=clean_name(values["group"]) if values["group"] else "",
        lists=tuple(clean_name(each) for each in split_values(values["lists"])),
        legal_basis=parse_legal_basis(values["legal_basis"]),
        expires_unix_s=parse_expiry(values["expires"]),
        notes=_notes(values["notes"]),
        photos=photos,
        source=where,
        by_table=True,
    )


def parse_legal_basis(text: str) -> LegalBasis:
    """A legal basis by its name; "" is none stated. Raises ValueError, which names those that there are."""
    wanted = re.sub(r"[\s_]+", "-", text.strip().casefold())
    try:
        return LegalBasis(wanted or LegalBasis.UNSPECIFIED)
    except ValueError:
        known = ", ".join(LegalBasis)
        raise ValueError(f"legal basis '{readable(text)}' is none of: {known}") from None


def parse_expiry(text: str) -> float | None:
    """A date (its beginning, UTC) or a time of RFC 3339 as seconds since 1970; "" is None. Raises ValueError."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{readable(text)}' is no date: write, for example, 2027-12-31") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()


def _notes(text: str) -> str:
    if len(text) > MOST_NOTE_LETTERS:
        raise ValueError(f"notes have at most {MOST_NOTE_LETTERS} letters, not {len(text)}")
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable() or letter in "\u200c\u200d")
