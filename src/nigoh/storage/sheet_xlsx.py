"""Tables as XLSX, of which a spreadsheet obeys no cell: a text is a text there, whatever it begins with."""

from collections.abc import Iterator, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from nigoh.storage.sheet import Cell, Sheet

_MOST_TITLE_LETTERS = 31
_MOST_LETTERS = 32_767
_TIME = "yyyy-mm-dd hh:mm:ss"
_NUMBER = "0.000"


def write_xlsx(target: IO[bytes], sheet: Sheet) -> None:
    """Write a table; row by row, so that a long one needs no memory. Pictures are left out. Raises OSError."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.title[:_MOST_TITLE_LETTERS])
    page.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.append([_heading(page, column.heading) for column in sheet.columns])
    for row in sheet.rows:
        page.append(list(_cells(page, row)))
    book.save(target)


def _heading(page: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = _text(page, text)
    cell.font = Font(bold=True)
    return cell


def _cells(page: WriteOnlyWorksheet, row: Sequence[Cell]) -> "Iterator[WriteOnlyCell | None]":
    for value in row:
        if value is None or isinstance(value, bytes):
            yield None
        elif isinstance(value, str):
            yield _text(page, value)
        else:
            cell = WriteOnlyCell(page, value=value)
            cell.number_format = _NUMBER if isinstance(value, float) else _TIME
            yield cell


def _text(page: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:_MOST_LETTERS])
    # It would be a formula if it began with "=", and become one when somebody edits it.
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
