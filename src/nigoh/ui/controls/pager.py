"""Going through a list page by page, as far as its cursors lead."""

from collections.abc import Awaitable, Callable

import flet as ft

from nigoh.ui.words.say import Say


class Pager:
    """Knows where each page begins that was seen. Owner: the view.

    Args:
        say: the operator's words.
        turn: shows the page at `cursor`.
    """

    def __init__(self, say: Say, turn: Callable[[object], Awaitable[None]]) -> None:
        self._begins: list[str | None] = [None]
        self._next: str | None = None
        self._say = say
        self._turn = turn
        self._text = ft.Text(expand=True, text_align=ft.TextAlign.CENTER)
        self._back = ft.IconButton(
            icon=ft.Icons.CHEVRON_LEFT, tooltip=say("Page before"), disabled=True, on_click=self._go_back
        )
        self._on = ft.IconButton(
            icon=ft.Icons.CHEVRON_RIGHT, tooltip=say("Next page"), disabled=True, on_click=self._go_on
        )

    @property
    def cursor(self) -> str | None:
        """Where the page begins that is shown; None: at the beginning."""
        return self._begins[-1]

    @property
    def number(self) -> int:
        """Of the page that is shown, from 0."""
        return len(self._begins) - 1

    def build(self) -> ft.Control:
        """What is shown."""
        return ft.Row(controls=[self._back, self._text, self._on])

    def begin(self) -> None:
        """The first page again, of another list."""
        self._begins = [None]

    def show(self, next_cursor: str | None, text: str) -> None:
        """The page is there: what follows it, and what is said of it."""
        self._next = next_cursor
        self._text.value = text
        self._back.disabled = len(self._begins) == 1
        self._on.disabled = next_cursor is None

    async def _go_back(self, event: object) -> None:
        self._begins.pop()
        await self._turn(event)

    async def _go_on(self, event: object) -> None:
        self._begins.append(self._next)
        await self._turn(event)
