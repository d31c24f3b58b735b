"""A line over time, drawn on a canvas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import flet as ft
import flet.canvas as cv

_HEIGHT_PX = 96.0
_STROKE_PX = 2.0
_GAP_S = 300.0
"""Where samples are farther apart the line is broken: nigoh did not run."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn: a value at each time, in order; the largest of the axis, or 0: that of the values."""

    times: Sequence[datetime]
    values: Sequence[float]
    top: float = 0.0


class Plot:
    """One curve under its title. Owner: the event loop."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._told = ft.Text(color=ft.Colors.ON_SURFACE_VARIANT)
        self._begin = ft.Text(size=12, color=ft.Colors.ON_SURFACE_VARIANT)
        self._end = ft.Text(size=12, color=ft.Colors.ON_SURFACE_VARIANT)
        self._canvas = cv.Canvas(height=_HEIGHT_PX, width=float("inf"), on_resize=self._resized, resize_interval=200)
        self._semantics = ft.Semantics(content=self._canvas, label=title, image=True)
        self._curve = Curve((), ())
        self._width = 0.0
        self.control = ft.Container(
            content=ft.Column(
                controls=[
                    ft.Row(
                        controls=[ft.Text(title, weight=ft.FontWeight.W_500), self._told],
                        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                        wrap=True,
                    ),
                    self._semantics,
                    ft.Row(controls=[self._begin, self._end], alignment=ft.MainAxisAlignment.SPACE_BETWEEN),
                ],
                spacing=6,
            ),
            padding=12,
            border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
            border_radius=12,
            col={"xs": 12, "md": 6},
        )

    def show(self, curve: Curve, told: str, begin: str, end: str) -> None:
        """Draw this; `told` says in words what it is now."""
        self._curve = curve
        self._told.value, self._begin.value, self._end.value = told, begin, end
        self._semantics.label = f"{self._title}: {told}"
        self._draw()

    def _resized(self, event: cv.CanvasResizeEvent) -> None:
        if abs(event.width - self._width) >= 1:
            self._width = event.width
            self._draw()
            self._canvas.update()

    def _draw(self) -> None:
        width = self._width
        floor = cv.Line(0, _HEIGHT_PX - 1, width, _HEIGHT_PX - 1, paint=ft.Paint(color=ft.Colors.OUTLINE_VARIANT))
        paint = ft.Paint(
            color=ft.Colors.PRIMARY,
            style=ft.PaintingStyle.STROKE,
            stroke_width=_STROKE_PX,
            stroke_join=ft.StrokeJoin.ROUND,
        )
        points = placed(self._curve, width, _HEIGHT_PX - _STROKE_PX)
        elements: list[cv.Path.PathElement] = []
        for x, y, is_first in points:
            elements.append(cv.Path.MoveTo(x, y) if is_first else cv.Path.LineTo(x, y))
        self._canvas.shapes = [floor, cv.Path(elements=elements, paint=paint)] if width > 0 and elements else [floor]


def placed(curve: Curve, width: float, height: float) -> list[tuple[float, float, bool]]:
    """Where each value lies, from the upper left, and whether a line begins there anew."""
    if not curve.times:
        return []
    begin = curve.times[0]
    span_s = max((curve.times[-1] - begin).total_seconds(), 1.0)
    top = curve.top or max(curve.values) or 1.0
    found: list[tuple[float, float, bool]] = []
    before = None
    for time, value in zip(curve.times, curve.values, strict=True):
        x = (time - begin).total_seconds() / span_s * width
        y = height * (1 - min(value / top, 1.0)) + _STROKE_PX / 2
        gap = max(_GAP_S, 2.5 * span_s / len(curve.times))
        found.append((x, y, before is None or (time - before).total_seconds() > gap))
        before = time
    return found
