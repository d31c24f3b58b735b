"""All views below each other on one page: sections that open when they are tapped or scrolled to."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import cast

import flet as ft

from nigoh.ui.console import Console
from nigoh.ui.tasks import Tasks
from nigoh.ui.view import Entry

_scroll_key = cast("Callable[[str], ft.ScrollKey]", ft.ScrollKey)
"""Flet makes its keys in a way that a type checker cannot follow."""

_AROUND_PX = 120.0
_LEAST_PX = 420.0
_SCROLL_MS = 250
_LAY_OUT_S = 0.3

Reveal = Callable[[str], Awaitable[None]]
"""Shows the view of a route, also when it was shown before."""


class _Section:
    """A view under its header. What goes on behind it ends when it is closed."""

    def __init__(self, console: Console, entry: Entry, reveal: Reveal) -> None:
        self.entry = entry
        self._console = console
        self._reveal = reveal
        self._room: Console | None = None
        self._icon = ft.Icon(ft.Icons.EXPAND_MORE)
        self._body = ft.Container(visible=False, padding=ft.Padding.symmetric(horizontal=16, vertical=8))
        title = entry.title(console.say)
        header = ft.ListTile(
            leading=ft.Icon(entry.icon or ft.Icons.CIRCLE),
            title=ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_LARGE),
            trailing=self._icon,
            on_click=self._tapped,
        )
        self.control = ft.Column(
            controls=[header, self._body, ft.Divider(height=1)], spacing=0, key=_scroll_key(entry.pattern)
        )

    @property
    def is_open(self) -> bool:
        """Whether its view is there."""
        return self._room is not None

    def room(self) -> Console:
        """A console for a new view in here; what went on behind the old one ends."""
        if self._room is not None:
            self._room.tasks.stop()
        self._room = replace(self._console, tasks=Tasks())
        return self._room

    def put(self, control: ft.Control) -> None:
        """Show this under the header."""
        self._body.content = None
        self._body.content = control
        self._body.height = max(_LEAST_PX, (self._console.page.height or 0) - _AROUND_PX)
        self._body.visible = True
        self._icon.icon = ft.Icons.EXPAND_LESS

    def close(self) -> None:
        """Leave the view."""
        if self._room is not None:
            self._room.tasks.stop()
        self._room = None
        self._body.content, self._body.visible = None, False
        self._icon.icon = ft.Icons.EXPAND_MORE

    async def _tapped(self, _event: object) -> None:
        if self.is_open:
            self.close()
            self._console.refresh(self.control)
        else:
            await self._reveal(self.entry.pattern)


class OnePage:
    """All sections. Owner: the event loop of one browser.

    Args:
        console: of the browser.
        entries: the views that stand in the navigation.
        reveal: shows a view.
    """

    def __init__(self, console: Console, entries: Sequence[Entry], reveal: Reveal) -> None:
        self._console = console
        self._reveal = reveal
        self._sections = [_Section(console, each, reveal) for each in entries]
        self._newest = 0
        self.control = ft.Column(
            controls=[each.control for each in self._sections],
            scroll=ft.ScrollMode.AUTO,
            expand=True,
            spacing=0,
            on_scroll=self._scrolled,
            scroll_interval=200,
        )

    def room(self, index: int) -> Console:
        """A console for a new view in the section of this number."""
        return self._sections[index].room()

    def put(self, index: int, control: ft.Control) -> None:
        """Show this in the section of this number, and go there."""
        section = self._sections[index]
        section.put(control)
        self._newest = index
        self._console.tasks.start(self._go_there(section), "scroll")

    def stop(self) -> None:
        """End what goes on behind all of them."""
        for each in self._sections:
            each.close()

    async def _go_there(self, section: _Section) -> None:
        # The browser lays the new view out first.
        await asyncio.sleep(_LAY_OUT_S)
        await self.control.scroll_to(scroll_key=section.entry.pattern, duration=_SCROLL_MS)

    async def _scrolled(self, event: ft.OnScrollEvent) -> None:
        is_at_end = event.pixels >= event.max_scroll_extent - 1 > 0
        behind = self._sections[self._newest + 1 : self._newest + 2]
        # Whoever scrolls to the end of what is open wants to see what comes behind it.
        if event.event_type is ft.ScrollType.END and is_at_end and behind and not behind[0].is_open:
            await self._reveal(behind[0].entry.pattern)
