"""The plot of where somebody was when, drawn."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import flet as ft
import flet.canvas as cv

from nigoh.domain.records import Verdict
from nigoh.domain.sighting import Status
from nigoh.ui.client.sightings import SightingInfo
from nigoh.ui.console import Console
from nigoh.ui.people.presence import Presence, marks, nearest

_ROW_PX = 30
_FOOT_PX = 24
_LABEL_PX = 140
_NARROW_LABEL_PX = 84
_EDGE_PX = 8.0
_DOT_PX = 5.0
_REACH_PX = 14.0
_MARK_PX = 76
_HALF_MARK_PX = 24.0
_DAY = timedelta(days=1)

Chosen = Callable[[SightingInfo], Awaitable[None]]


class PresencePlot:
    """Draws it as wide as there is room. Owner: the view.

    Args:
        console: of the browser.
        chosen: is told which dot was pressed.
    """

    def __init__(self, console: Console, chosen: Chosen) -> None:
        self._console = console
        self._chosen = chosen
        self._width = 0.0
        self._shown: Presence | None = None
        self._names = ft.Column(spacing=0, width=_NARROW_LABEL_PX if console.is_narrow else _LABEL_PX)
        self._canvas = cv.Canvas(on_resize=self._resized, resize_interval=100, expand=True)
        self._room = ft.Container(
            content=ft.GestureDetector(
                content=self._canvas, on_tap_up=self._tapped, mouse_cursor=ft.MouseCursor.CLICK, expand=True
            ),
            expand=True,
        )
        self._whole = ft.Semantics(
            content=ft.Row(controls=[self._names, self._room], vertical_alignment=ft.CrossAxisAlignment.START),
            identifier="presence",
        )

    def build(self) -> ft.Control:
        """What is shown."""
        return self._whole

    def show(self, found: Presence) -> None:
        """Draw this."""
        say = self._console.say
        self._shown = found
        self._names.controls = [
            ft.Container(
                content=ft.Text(each, size=13, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, tooltip=each),
                height=_ROW_PX,
                alignment=ft.Alignment.CENTER_LEFT,
            )
            for each in found.cameras
        ]
        self._room.height = len(found.cameras) * _ROW_PX + _FOOT_PX
        told = say("Where they were when: {cameras}. The list below says the same.", cameras=", ".join(found.cameras))
        self._whole.label = told
        self._draw()
        self._console.refresh(self._whole)

    def _resized(self, event: cv.CanvasResizeEvent) -> None:
        self._width = event.width
        self._draw()
        self._console.refresh(self._canvas)

    def _draw(self) -> None:
        if self._shown is None or self._width <= 4 * _EDGE_PX:
            return
        self._canvas.shapes = [*self._rows(self._shown), *self._times(self._shown), *self._dots(self._shown)]

    def _rows(self, found: Presence) -> list[cv.Shape]:
        line = ft.Paint(color=ft.Colors.OUTLINE_VARIANT, stroke_width=1)
        heights = [(number + 0.5) * _ROW_PX for number in range(len(found.cameras))]
        return [cv.Line(x1=0, y1=height, x2=self._width, y2=height, paint=line) for height in heights]

    def _times(self, found: Presence) -> list[cv.Shape]:
        foot, line = len(found.cameras) * _ROW_PX, ft.Paint(color=ft.Colors.OUTLINE_VARIANT, stroke_width=1)
        style = ft.TextStyle(size=11, color=ft.Colors.ON_SURFACE_VARIANT)
        drawn: list[cv.Shape] = []
        for moment in marks(found.span, max(2, int(self._width / _MARK_PX))):
            x = self._x(found.span.share(moment))
            drawn.append(cv.Line(x1=x, y1=0, x2=x, y2=foot, paint=line))
            text = self._label(moment, found.span.length)
            drawn.append(
                cv.Text(
                    x=x, y=foot + 4, value=text, style=style, alignment=ft.Alignment.TOP_CENTER, max_width=_MARK_PX
                )
            )
        return drawn

    def _label(self, moment: datetime, length: timedelta) -> str:
        say = self._console.say
        return say.clock(moment)[:5] if length <= _DAY else say.short_day(moment.astimezone().date())

    def _dots(self, found: Presence) -> list[cv.Shape]:
        return [
            cv.Circle(
                x=self._x(each.share),
                y=(each.row + 0.5) * _ROW_PX,
                radius=_DOT_PX,
                paint=ft.Paint(color=colour_of(each.sighting)),
            )
            for each in found.dots
        ]

    def _x(self, share: float) -> float:
        return _EDGE_PX + share * (self._width - 2 * _EDGE_PX)

    async def _tapped(self, event: ft.TapEvent[ft.GestureDetector]) -> None:
        if self._shown is None or event.local_position is None or self._width <= 4 * _EDGE_PX:
            return
        room = self._width - 2 * _EDGE_PX
        share = (event.local_position.x - _EDGE_PX) / room
        found = nearest(self._shown.dots, int(event.local_position.y // _ROW_PX), share, _REACH_PX / room)
        if found is not None:
            await self._chosen(found.sighting)


def colour_of(sighting: SightingInfo) -> ft.Colors:
    """Red for who is looked for, grey for what somebody has rejected."""
    if sighting.verdict is Verdict.REJECTED:
        return ft.Colors.OUTLINE
    return ft.Colors.ERROR if sighting.status is Status.WANTED else ft.Colors.PRIMARY
