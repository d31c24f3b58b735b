"""Alerts: what rules have to tell, the newest first, and what is made of it."""

import flet as ft

from nigoh.domain.access import Permission
from nigoh.domain.alert import AlertAct
from nigoh.ui.alerts.card import alert_card
from nigoh.ui.client.alerts import AlertInfo
from nigoh.ui.client.api import Query
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.pager import Pager
from nigoh.ui.controls.states import empty, loading
from nigoh.ui.view import Place, place

_PAGE = 25
_OPEN = ("new", "escalated", "acknowledged")
_RULES = "/settings/rules"


class AlertsView:
    """A list of alerts; `all=1` in the address shows those that are done with, too."""

    def __init__(self, console: Console, here: Place) -> None:
        say = console.say
        self._console = console
        self._shows_all = here.query.get("all") == "1"
        self._list = ft.ListView(controls=[loading(say)], expand=True, spacing=8)
        self._pager = Pager(say, self._turn)
        self._number = 0

    def build(self) -> ft.Control:
        """What is shown."""
        say, console = self._console.say, self._console
        chosen = ft.SegmentedButton(
            segments=[
                ft.Segment(value="open", label=ft.Text(say("Open"))),
                ft.Segment(value="all", label=ft.Text(say("All"))),
            ],
            selected=["all" if self._shows_all else "open"],
            on_change=self._chosen,
        )
        rules = ft.OutlinedButton(
            content=say("Rules"),
            icon=ft.Icons.RULE,
            on_click=console.going(_RULES),
            visible=console.may(Permission.RULES_READ),
        )
        return ft.Column(
            controls=[heading(say("Alerts"), chosen, rules), self._list, self._pager.build()], expand=True
        )

    async def open(self) -> None:
        """Show them, and those that come."""
        await self._show()
        while True:
            newest = await self._console.visit.wake(self._number)
            if newest != self._number:
                self._number = newest
                if self._pager.number == 0:
                    await self._show()

    async def _show(self) -> None:
        asked: Query = {
            "limit": _PAGE,
            "cursor": self._pager.cursor,
            "state": () if self._shows_all else _OPEN,
        }
        found = await self._console.api.get("/alerts", Listed[AlertInfo], asked)
        cards = [alert_card(self._console, each, self._act) for each in found.items]
        self._list.controls = cards or [self._nothing()]
        first = self._pager.number * _PAGE
        number = self._console.say.number
        shown = f"{number(first + 1)}–{number(first + len(cards))}" if cards else ""
        self._pager.show(found.next_cursor, shown)
        self._console.page.update()

    async def _turn(self, _event: object) -> None:
        await self._show()

    async def _chosen(self, event: ft.Event[ft.SegmentedButton]) -> None:
        await self._console.go(place("/alerts", all="1" if "all" in event.control.selected else None))

    async def _act(self, alert: AlertInfo, kind: AlertAct) -> None:
        path = f"/alerts/{alert.id}/acts"
        try:
            await self._console.api.post(path, AlertInfo, {"act": kind})
        except ApiProblem as problem:
            await self._console.tell_problem(problem)
        await self._show()

    def _nothing(self) -> ft.Control:
        say, console = self._console.say, self._console
        add = ft.FilledTonalButton(
            content=say("Add a rule"),
            on_click=console.going(place(_RULES, rule="new")),
            visible=console.may(Permission.RULES_WRITE),
        )
        about = say("Rules say when somebody has to be told: who, where, when, and how sure.")
        return empty(ft.Icons.NOTIFICATIONS_NONE, say("No alerts"), about, add)
