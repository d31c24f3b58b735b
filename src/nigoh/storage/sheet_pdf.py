"""Tables as PDF, to be printed, with pictures of faces."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from PIL import UnidentifiedImageError
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, LongTable, Paragraph, SimpleDocTemplate, TableStyle

from nigoh.storage.sheet import Cell, Sheet

_FONT, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_MARGIN = 12 * mm
_PICTURE = 16 * mm
_GRID = colors.Color(0.8, 0.8, 0.8)
_HEAD = colors.Color(0.9, 0.94, 0.94)


def write_pdf(target: IO[bytes], sheet: Sheet) -> None:
    """Write a table on pages of A4, the headings on each. Raises OSError."""
    _register_fonts()
    styles = _Styles()
    width = landscape(A4)[0] - 2 * _MARGIN
    whole = sum(column.width for column in sheet.columns)
    rows: list[list[Flowable | str]] = [[Paragraph(escape(each.heading), styles.head) for each in sheet.columns]]
    rows += [list(_cells(row, styles)) for row in sheet.rows]
    table = LongTable(rows, colWidths=[width * each.width / whole for each in sheet.columns], repeatRows=1)
    table.setStyle(_LOOKS)
    document = SimpleDocTemplate(
        target, pagesize=landscape(A4), title=sheet.title, creator="nigoh", author="",
        leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
    )  # fmt: skip
    head = [Paragraph(escape(sheet.title), styles.title), Paragraph(escape(sheet.about), styles.about)]
    document.build([*head, table], onFirstPage=_number_page, onLaterPages=_number_page)


class _Styles:
    def __init__(self) -> None:
        self.cell = ParagraphStyle("cell", fontName=_FONT, fontSize=7.5, leading=9.5, splitLongWords=True)
        self.head = ParagraphStyle("head", self.cell, fontName=_BOLD)
        self.title = ParagraphStyle("title", fontName=_BOLD, fontSize=14, leading=18)
        self.about = ParagraphStyle("about", self.cell, spaceAfter=4 * mm)


_LOOKS = TableStyle([
    ("GRID", (0, 0), (-1, -1), 0.4, _GRID),
    ("BACKGROUND", (0, 0), (-1, 0), _HEAD),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
])  # fmt: skip


def _cells(row: Sequence[Cell], styles: _Styles) -> Iterator[Flowable | str]:
    for value in row:
        if isinstance(value, bytes):
            yield _picture(value)
        else:
            yield Paragraph(escape(_text(value)), styles.cell)


def _text(value: str | float | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return f"{value:.3f}" if isinstance(value, float) else value


def _picture(data: bytes) -> Flowable | str:
    try:
        width, height = ImageReader(io.BytesIO(data)).getSize()
    except (OSError, UnidentifiedImageError):
        return ""
    scale = _PICTURE / max(width, height, 1)
    return Image(io.BytesIO(data), width=width * scale, height=height * scale)


def _number_page(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(_FONT, 7)
    canvas.drawRightString(landscape(A4)[0] - _MARGIN, 6 * mm, str(document.page))


@cache
def _register_fonts() -> None:
    """DejaVu Sans, which is part of matplotlib: PDF's own fonts have no Cyrillic and no ʻ."""
    spec = find_spec("matplotlib")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" if spec and spec.origin else Path()
    for name in (_FONT, _BOLD):
        registerFont(TTFont(name, folder / f"{name}.ttf"))
