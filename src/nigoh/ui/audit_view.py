"""The audit: who did what, found again, checked, taken along."""

import flet as ft
import httpx

from nigoh.domain.audit import AuditAction
from nigoh.ui.audit.filters import AuditQuestion, day_of
from nigoh.ui.audit.words import action_name
from nigoh.ui.client.api import PREFIX
from nigoh.ui.client.audit import AuditLine, Chain
from nigoh.ui.client.listed import Listed
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.named import named
from nigoh.ui.controls.selectable import selectable
from nigoh.ui.controls.states import empty, loading
from nigoh.ui.settings.panel import choice
from nigoh.ui.view import Place

_PAGE = 50
_HASH_LETTERS = 16


class AuditView:
    """Entries, the newest first.

    Args:
        console: of the browser.
        here: says which entries.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._asked = AuditQuestion.of(here)
        self._cursor: str | None = None
        say, doing = console.say, console.doing
        self._actor = ft.TextField(
            label=say("Who"), value=self._asked.actor, width=200, on_submit=doing(self._search), dense=True
        )
        every = [("", say("Anything")), *((each.value, action_name(say, each)) for each in AuditAction)]
        self._action = choice(say("What"), every, self._asked.action)
        self._action.width = 220
        self._kind = ft.TextField(
            label=say("Kind of thing"), value=self._asked.kind, width=160, hint_text="person", dense=True
        )
        self._target = ft.TextField(label=say("Its identifier"), value=self._asked.target, width=240, dense=True)
        self._since = self._day(say("From"), self._asked.since)
        self._until = self._day(say("To"), self._asked.until)
        self._chain = ft.Column(spacing=4)
        self._rows = ft.Column(controls=[loading(say)], spacing=0)
        self._more = ft.TextButton(content=say("Show more"), visible=False, on_click=doing(self._add_page))

    def build(self) -> ft.Control:
        """What is shown."""
        say, doing = self._console.say, self._console.doing
        actions = (
            ft.OutlinedButton(content=say("Check the chain"), icon=ft.Icons.LINK, on_click=doing(self._check)),
            ft.OutlinedButton(content=say("Export as CSV"), icon=ft.Icons.DOWNLOAD, on_click=doing(self._export)),
        )
        fields = ft.Row(
            controls=[
                *(self._actor, named(self._action, say("What")), self._kind, self._target, self._since, self._until),
                ft.FilledButton(content=say("Find"), icon=ft.Icons.SEARCH, on_click=doing(self._search)),
                ft.TextButton(content=say("All entries"), on_click=self._console.going(AuditQuestion().route)),
            ],
            wrap=True,
            spacing=8,
            run_spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
        return ft.Column(
            controls=[heading(say("Audit"), *actions), fields, self._chain, self._rows, self._more],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            spacing=12,
        )

    async def open(self) -> None:
        """Ask for the first page."""
        self._rows.controls = []
        await self._add_page(None)
        if not self._rows.controls:
            say = self._console.say
            text = say("Other filters may find some.")
            self._rows.controls = [empty(ft.Icons.FACT_CHECK_OUTLINED, say("No entry is like this"), text)]
            self._console.refresh(self._rows)

    def _day(self, label: str, value: str) -> ft.TextField:
        return ft.TextField(label=label, value=value, width=150, hint_text="2026-11-23", dense=True)

    async def _search(self, _event: object) -> None:
        say = self._console.say
        for each in (self._since, self._until):
            text = (each.value or "").strip()
            each.error = say("As 2026-11-23.") if text and day_of(text) is None else None
            self._console.refresh(each)
        if self._since.error or self._until.error:
            return
        wanted = AuditQuestion(
            actor=(self._actor.value or "").strip(),
            action=self._action.value or "",
            kind=(self._kind.value or "").strip(),
            target=(self._target.value or "").strip(),
            since=(self._since.value or "").strip(),
            until=(self._until.value or "").strip(),
        )
        await self._console.go(wanted.route)

    async def _add_page(self, _event: object) -> None:
        query = {**self._asked.query(), "limit": _PAGE, "cursor": self._cursor}
        page = await self._console.api.get("/audit", Listed[AuditLine], query)
        self._cursor = page.next_cursor
        self._rows.controls = [*self._rows.controls, *(self._row(each) for each in page.items)]
        self._more.visible = page.next_cursor is not None
        self._console.refresh(self._rows)
        self._console.refresh(self._more)

    def _row(self, entry: AuditLine) -> ft.Control:
        say = self._console.say
        target = " ".join(filter(None, (entry.target_kind, entry.target_id)))
        details = ", ".join(f"{key}: {value}" for key, value in entry.detail.items())
        facts: list[ft.Control] = [
            selectable(say("Entry {number}, hash {hash}", number=entry.number, hash=entry.hash)),
            *([ft.Text(say("From {address}", address=entry.address))] if entry.address else []),
            *([ft.Text(say("Why: {reason}", reason=entry.reason))] if entry.reason else []),
            *([selectable(details)] if details else []),
        ]
        return ft.ExpansionTile(
            title=ft.Text(" · ".join(filter(None, (action_name(say, entry.action), entry.actor)))),
            subtitle=ft.Text(" · ".join(filter(None, (say.moment(entry.time), target)))),
            controls=facts,
            controls_padding=ft.Padding.only(left=16, right=16, bottom=12),
            expanded_cross_axis_alignment=ft.CrossAxisAlignment.START,
            dense=True,
        )

    async def _check(self, _event: object) -> None:
        say = self._console.say
        self._chain.controls = [ft.ProgressBar(semantics_label=say("Loading"))]
        self._console.refresh(self._chain)
        self._chain.controls = []
        try:
            found = await self._console.api.get("/audit/check", Chain)
            self._chain.controls = [self._verdict(found)]
        finally:
            self._console.refresh(self._chain)

    def _verdict(self, found: Chain) -> ft.Control:
        say = self._console.say
        if found.whole:
            entries = say.many(
                "{count} entry is as it was written", "{count} entries are as they were written", found.entries
            )
            text = say("{entries}; the newest has the hash {hash}…", entries=entries, hash=found.head[:_HASH_LETTERS])
        else:
            text = say("Entry {number} is broken: {damage}", number=found.broken, damage=found.damage)
        return ft.Container(
            content=ft.Row(
                controls=[
                    ft.Icon(ft.Icons.VERIFIED if found.whole else ft.Icons.GPP_BAD),
                    ft.Container(content=selectable(text), expand=True),
                ]
            ),
            bgcolor=ft.Colors.SECONDARY_CONTAINER if found.whole else ft.Colors.ERROR_CONTAINER,
            padding=12,
            border_radius=8,
        )

    async def _export(self, _event: object) -> None:
        told = {key: _as_text(value) for key, value in self._asked.query().items() if value is not None}
        address = f"{self._console.visit.origin}{PREFIX}/audit/export?{httpx.QueryParams(told)}"
        await ft.UrlLauncher().launch_url(address, web_only_window_name="_self")


def _as_text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
