"""What is always there: the navigation around the view, as a rail, a bar and a drawer, tabs, or one page of all."""

from collections.abc import Sequence

import flet as ft

from nigoh.ui.account_menu import account_menu
from nigoh.ui.console import COMPACT_PX, Console
from nigoh.ui.controls.named import named_icon
from nigoh.ui.one_page import OnePage, Reveal
from nigoh.ui.tasks import Tasks
from nigoh.ui.view import Entry

_ONE_PAGE = "one page"
_ALONE = "alone"
"""A view that stands in no navigation, for whoever likes all of them on one page."""

_BARE = "bare"
"""A view and nothing around it, for a page of somebody's own or a screen on a wall."""

_EXTENDED_PX = 1280
_BAR_ENTRIES = 4


class Shell:
    """Holds one view at a time and leads to the others. Owner: the event loop of one browser.

    Args:
        console: of the browser.
        entries: the views that stand in the navigation, those that its operator may open.
        reveal: shows the view of a route, also when it was shown before.
    """

    def __init__(self, console: Console, entries: Sequence[Entry], reveal: Reveal) -> None:
        self._console = console
        self._entries = entries
        self._chosen = -1
        self.content = ft.Container(expand=True, padding=ft.Padding.symmetric(horizontal=16, vertical=12))
        self._form = ""
        self._one_page = OnePage(console, entries, reveal)

    def room(self, entry: Entry | None) -> Console:
        """The console for a new view; what went on behind the one that it takes the place of ends."""
        if self._wanted_form() == _ONE_PAGE and (index := self._index(entry)) >= 0:
            return self._one_page.room(index)
        self._console.tasks.stop()
        self._console.tasks = Tasks()
        return self._console

    def stop(self) -> None:
        """End what goes on behind all views."""
        self._one_page.stop()
        self._console.tasks.stop()

    @property
    def has_other_form(self) -> bool:
        """Whether the page has become so wide, or so narrow, that everything is drawn anew."""
        return _ONE_PAGE in {self._form, self._wanted_form()} and self._form != self._wanted_form()

    def _index(self, entry: Entry | None) -> int:
        """Where a view, or the one that it belongs to, stands in the navigation; -1: nowhere."""
        wanted = "" if entry is None else (entry.parent or entry.pattern)
        patterns = [each.pattern for each in self._entries]
        return patterns.index(wanted) if wanted in patterns else -1

    def put(self, control: ft.Control, entry: Entry | None) -> None:
        """Show this, and mark where it belongs."""
        self._chosen = self._index(entry)
        if self._wanted_form() == _ONE_PAGE and self._chosen >= 0:
            self._one_page.put(self._chosen, control)
            self.lay_out()
            return
        # A tree that compares equal to the old one would not be sent.
        self.content.content = None
        self.content.content = control
        self.lay_out()

    def lay_out(self) -> None:
        """Draw the navigation for the page as wide as it is now."""
        page = self._console.page
        form = self._wanted_form()
        if form == _ONE_PAGE and self._chosen < 0:
            form = _ALONE
        # Controls that stay where they are keep what was typed into them.
        if form != self._form:
            self._form = form
            page.controls = [self._body(form)]
        page.appbar = None if form == _BARE else self._app_bar(form)
        page.navigation_bar = self._bar() if form == "bar" else None
        page.drawer = self._drawer() if form == "bar" else None
        self._mark(form)
        page.update()

    def _wanted_form(self) -> str:
        width = self._console.page.width or 0
        if self._console.is_bare:
            return _BARE
        if 0 < width < COMPACT_PX:
            return "bar"
        if self._console.preferences.navigation == "tabs":
            return "tabs"
        if self._console.preferences.navigation == "one_page":
            return _ONE_PAGE
        return "extended" if width >= _EXTENDED_PX else "rail"

    def _body(self, form: str) -> ft.Control:
        if form in {"rail", "extended"}:
            self._rail = ft.NavigationRail(
                destinations=[
                    ft.NavigationRailDestination(
                        icon=each.icon or ft.Icons.CIRCLE,
                        selected_icon=each.chosen_icon,
                        label=each.title(self._console.say),
                    )
                    for each in self._entries
                ],
                extended=form == "extended",
                label_type=None if form == "extended" else ft.NavigationRailLabelType.ALL,
                scrollable=True,
                min_extended_width=200,
                on_change=self._go_to_chosen,
            )
            return ft.Row(
                controls=[self._rail, ft.VerticalDivider(width=1), self.content],
                expand=True,
                spacing=0,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            )
        if form == "tabs":
            self._tabs = ft.Tabs(
                length=len(self._entries),
                selected_index=max(self._chosen, 0),
                on_change=self._go_to_chosen,
                content=ft.TabBar(
                    scrollable=True,
                    tabs=[ft.Tab(label=each.title(self._console.say), icon=each.icon) for each in self._entries],
                ),
            )
            return ft.Column(controls=[self._tabs, self.content], expand=True, spacing=0)
        if form == _ONE_PAGE:
            return self._one_page.control
        return ft.SafeArea(content=self.content, expand=True)

    def _mark(self, form: str) -> None:
        if form in {"rail", "extended"}:
            self._rail.selected_index = self._chosen if self._chosen >= 0 else None
        elif form == "tabs" and self._chosen >= 0:
            self._tabs.selected_index = self._chosen

    def _bar(self) -> ft.NavigationBar:
        say = self._console.say
        shown = self._entries[:_BAR_ENTRIES]
        more = ft.NavigationBarDestination(icon=ft.Icons.MENU, label=say("More"))
        return ft.NavigationBar(
            destinations=[
                *(
                    ft.NavigationBarDestination(
                        icon=each.icon or ft.Icons.CIRCLE, selected_icon=each.chosen_icon, label=each.title(say)
                    )
                    for each in shown
                ),
                more,
            ],
            selected_index=self._chosen if 0 <= self._chosen < len(shown) else len(shown),
            on_change=self._go_by_bar,
        )

    def _drawer(self) -> ft.NavigationDrawer:
        return ft.NavigationDrawer(
            controls=[
                ft.NavigationDrawerDestination(
                    icon=each.icon or ft.Icons.CIRCLE,
                    selected_icon=each.chosen_icon,
                    label=each.title(self._console.say),
                )
                for each in self._entries
            ],
            selected_index=self._chosen,
            on_change=self._go_by_drawer,
        )

    def _app_bar(self, form: str) -> ft.AppBar:
        say = self._console.say
        menu = ft.IconButton(
            icon=named_icon(ft.Icons.MENU, say("All views")), tooltip=say("All views"), on_click=self._open_drawer
        )
        logo = ft.Icon(ft.Icons.REMOVE_RED_EYE, color=ft.Colors.PRIMARY)
        return ft.AppBar(
            leading=menu if form == "bar" else logo,
            title=ft.Text("nigoh", weight=ft.FontWeight.BOLD),
            center_title=False,
            toolbar_height=52,
            actions=[account_menu(self._console)],
        )

    async def _go_to_chosen(self, event: ft.Event[ft.NavigationRail] | ft.Event[ft.Tabs]) -> None:
        await self._go_to(int(event.control.selected_index or 0))

    async def _go_by_bar(self, event: ft.Event[ft.NavigationBar]) -> None:
        if event.control.selected_index < min(_BAR_ENTRIES, len(self._entries)):
            await self._go_to(event.control.selected_index)
        else:
            await self._open_drawer(event)

    async def _go_by_drawer(self, event: ft.Event[ft.NavigationDrawer]) -> None:
        await self._console.page.close_drawer()
        await self._go_to(int(event.control.selected_index))

    async def _open_drawer(self, _event: object) -> None:
        await self._console.page.show_drawer()

    async def _go_to(self, index: int) -> None:
        await self._console.go(self._entries[index].pattern)
