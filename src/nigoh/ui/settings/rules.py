"""Rules: made, tried on what was seen, changed, removed."""

from datetime import timedelta

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.cameras import CameraInfo
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.client.rules import RuleDraft, RuleInfo, TrialResult
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.states import loading
from nigoh.ui.settings.panel import line, panel, stack
from nigoh.ui.settings.rule_form import Choices, RuleForm
from nigoh.ui.view import Place, part, place
from nigoh.ui.words.alert_words import kind_names

_ROUTE = "/settings/rules"
_PAGE = 200
_TRIED_DAYS = 7
_SHOWN = 10


class RulesSection:
    """All rules, or one of them: `rule` in the address names it, `rule=new` a new one."""

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._asked = here.query.get("rule", "")
        self._body = stack([loading(console.say)])
        self._trial = ft.Column(spacing=4)
        self._etag = ""

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Ask for them."""
        self._body.controls = [await (self._one() if self._asked else self._all())]
        self._console.refresh(self._body)

    async def _all(self) -> ft.Control:
        say = self._console.say
        found = await self._console.api.get("/rules", Listed[RuleInfo], {"limit": _PAGE})
        rows = [self._line(each) for each in found.items]
        add = ft.FilledButton(
            content=say("Add a rule"),
            icon=ft.Icons.ADD,
            on_click=self._console.going(place(_ROUTE, rule="new")),
            visible=self._console.may(Permission.RULES_WRITE),
        )
        about = say("Rules say when somebody has to be told: who, where, when, and how sure.")
        return panel(say("Rules"), about, [*(rows or [ft.Text(say("There are none yet."))]), add])

    def _line(self, found: RuleInfo) -> ft.Control:
        say = self._console.say
        facts = [kind_names(say)[found.kind], *([] if found.enabled else [say("disabled")])]
        return line(
            found.name,
            ft.Icon(ft.Icons.RULE if found.enabled else ft.Icons.PAUSE),
            facts=", ".join(facts),
            actions=[ft.Icon(ft.Icons.CHEVRON_RIGHT)],
            on_click=self._console.going(place(_ROUTE, rule=found.id)),
        )

    async def _one(self) -> ft.Control:
        say, console = self._console.say, self._console
        draft = RuleDraft()
        if self._asked != "new":
            found = await console.api.get_versioned(f"/rules/{part(self._asked)}", RuleDraft)
            draft, self._etag = found.value, found.etag
        lists = await console.api.get("/watch-lists", Listed[WatchListInfo], {"limit": _PAGE})
        cameras = await console.api.get("/cameras", Listed[CameraInfo], {"limit": _PAGE})
        choices = Choices(
            lists={each.id: each.name for each in lists.items}, cameras=tuple(each.name for each in cameras.items)
        )
        self._form = RuleForm(console, draft, choices)
        may, doing = console.may(Permission.RULES_WRITE), console.doing
        buttons = ft.Row(
            controls=[
                ft.FilledButton(content=say("Save"), on_click=doing(self._save), visible=may),
                ft.OutlinedButton(
                    content=say("Try it on the last week"), icon=ft.Icons.HISTORY, on_click=doing(self._try)
                ),
                ft.TextButton(content=say("Back"), on_click=console.going(_ROUTE)),
                ft.TextButton(
                    content=say("Remove"),
                    icon=ft.Icons.DELETE_OUTLINE,
                    on_click=doing(self._remove),
                    visible=may and self._asked != "new",
                ),
            ],
            wrap=True,
        )
        return panel(draft.name or say("A new rule"), "", [*self._form.controls(), buttons, self._trial])

    async def _save(self, _event: object) -> None:
        if (wanted := self._form.read()) is None:
            return
        api = self._console.api
        try:
            if self._asked == "new":
                await api.post("/rules", RuleInfo, wanted)
            else:
                await api.put(f"/rules/{part(self._asked)}", RuleInfo, wanted, if_match=self._etag)
        except ApiProblem as problem:
            if problem.kind != "stale":
                raise
            self._console.tell(self._console.say("Somebody else has changed this since you opened it."))
            await self.open()
            return
        await self._console.go(_ROUTE)

    async def _try(self, _event: object) -> None:
        if (wanted := self._form.read()) is None:
            return
        say, until = self._console.say, self._console.now()
        body = {"rule": wanted, "since": until - timedelta(days=_TRIED_DAYS), "until": until}
        found = await self._console.api.post("/rules/trial", TrialResult, body)
        told = say.many(
            "It would have raised {count} alert in the last week.",
            "It would have raised {count} alerts in the last week.",
            found.count,
        )
        rest = [] if found.whole else [ft.Text(say("There was too much: the newest part was left out."))]
        items = [
            ft.Text(" · ".join(filter(None, (say.moment(each.at), each.camera))), size=13)
            for each in found.items[:_SHOWN]
        ]
        self._trial.controls = [ft.Text(told, weight=ft.FontWeight.BOLD), *rest, *items]
        self._console.refresh(self._trial)

    async def _remove(self, _event: object) -> None:
        say = self._console.say
        if await self._console.ask(
            say("Remove this rule?"), say("The alerts that it raised stay."), say("Remove"), is_dangerous=True
        ):
            await self._console.api.delete(f"/rules/{part(self._asked)}")
            await self._console.go(_ROUTE)
