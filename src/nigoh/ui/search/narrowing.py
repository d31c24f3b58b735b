"""Beside the face that is searched for: how similar, on which camera, when, in which order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import flet as ft

from nigoh.ui.console import Console
from nigoh.ui.controls.named import named
from nigoh.ui.search.query import SORTS, SearchQuery

_ALL = "*"
_WIDTH_PX = 250
_STEPS = 50

Changed = Callable[[SearchQuery], Awaitable[None]]


class Narrowing:
    """Tells whenever something else is wanted. Owner: the view.

    Args:
        console: of the browser.
        query: what is wanted at first.
        changed: is told.
    """

    def __init__(self, console: Console, query: SearchQuery, changed: Changed) -> None:
        say = console.say
        self._console, self._query, self._changed = console, query, changed
        self._threshold = 0.0
        self._told = ft.Text()
        self._least = ft.Slider(
            min=0, max=1, divisions=_STEPS, value=query.least or 0.0, label="{value}", round=2,
            tooltip=say("Similarity of at least"), on_change=self._sliding, on_change_end=self._slid,
        )  # fmt: skip
        spans = {
            "1h": say("Last hour"),
            "24h": say("Last 24 hours"),
            "7d": say("Last 7 days"),
            "30d": say("Last 30 days"),
        }
        self._time = _choice(say("Time"), [(_ALL, say("Any time")), *spans.items()], query.span, self._time_chosen)
        self._camera = _choice(say("Camera"), [(_ALL, say("All cameras"))], query.camera, self._camera_chosen)
        orders = list(zip(SORTS, (say("Most similar first"), say("Newest first")), strict=True))
        self._sort = _choice(say("Order"), orders, query.sort, self._sort_chosen)

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        return ft.Column(
            controls=[
                ft.Column(
                    controls=[self._told, named(self._least, say("Similarity of at least"))], spacing=0, width=420
                ),
                ft.Row(
                    controls=[
                        named(self._camera, say("Camera")),
                        named(self._time, say("Time")),
                        named(self._sort, say("Order")),
                    ],
                    wrap=True,
                    spacing=8,
                    run_spacing=8,
                ),
            ],
            spacing=8,
        )

    def offer(self, cameras: Sequence[str]) -> None:
        """Cameras that can be chosen."""
        say, wanted = self._console.say, self._query.camera
        known = [*cameras, *([wanted] if wanted and wanted not in cameras else [])]
        self._camera.options = _options([(_ALL, say("All cameras")), *((each, each) for each in known)])
        self._camera.value = wanted or _ALL

    def show_threshold(self, threshold: float) -> None:
        """From where on a face is taken for a known person's: the usual least similarity."""
        self._threshold = threshold
        if self._query.least is None:
            self._least.value = max(0.0, threshold)
        self._tell(self._query.least if self._query.least is not None else threshold)

    def _tell(self, least: float) -> None:
        say = self._console.say
        text = say("Similarity of at least {value}", value=say.number(least, 2))
        usual = say("a known person: {value}", value=say.number(self._threshold, 2))
        self._told.value = f"{text} ({usual})"
        self._console.refresh(self._told)

    def _sliding(self, _event: object) -> None:
        self._tell(float(self._least.value or 0.0))

    async def _slid(self, _event: object) -> None:
        await self._want(replace(self._query, least=round(float(self._least.value or 0.0), 2)))

    async def _camera_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, camera=_value(self._camera)))

    async def _time_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, span=_value(self._time)))

    async def _sort_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, sort=self._sort.value or SORTS[0]))

    async def _want(self, query: SearchQuery) -> None:
        if query != self._query:
            self._query = query
            await self._changed(query)


def _value(chosen: ft.Dropdown) -> str:
    return "" if chosen.value in {None, _ALL} else str(chosen.value)


def _choice(
    label: str, options: Sequence[tuple[str, str]], value: str, on_select: ft.ControlEventHandler[ft.Dropdown]
) -> ft.Dropdown:
    return ft.Dropdown(
        label=label, options=_options(options), value=value or _ALL, width=_WIDTH_PX, dense=True, menu_height=420,
        on_select=on_select,
    )  # fmt: skip


def _options(options: Sequence[tuple[str, str]]) -> list[ft.DropdownOption]:
    return [ft.DropdownOption(key=key, text=text) for key, text in options]
