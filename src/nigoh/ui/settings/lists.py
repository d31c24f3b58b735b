"""Watch lists: made, changed, removed."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.conflict import Difference, ask_whose
from nigoh.ui.controls.states import loading
from nigoh.ui.settings.panel import line, panel, stack
from nigoh.ui.view import Place, part, place

_ROUTE = "/settings/lists"
_COLOURS = ("#2e7d32", "#c62828", "#ef6c00", "#1565c0", "#6a1b9a", "#00838f", "#4e342e", "#37474f")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MOST_LETTERS = 200
_MOST_PRIORITY = 1000
_PAGE = 200


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    wanted: bool
    threshold: float | None
    colour: str
    priority: int


_Save = Callable[[_Wanted], Awaitable[None]]
_Remove = Callable[[], Awaitable[None]]


class ListsSection:
    """All lists, or one of them: `list` in the address names it, `list=new` a new one."""

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._asked = here.query.get("list", "")
        self._body = stack([loading(console.say)])
        self._found: WatchListInfo | None = None
        self._etag = ""

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Ask for them."""
        if self._asked and self._asked != "new":
            found = await self._console.api.get_versioned(f"/watch-lists/{part(self._asked)}", WatchListInfo)
            self._found, self._etag = found.value, found.etag
        if self._asked:
            self._body.controls = [_Form(self._console, self._found, self._save, self._remove).build()]
        else:
            self._body.controls = [await self._all()]
        self._console.refresh(self._body)

    async def _all(self) -> ft.Control:
        say = self._console.say
        found = await self._console.api.get("/watch-lists", Listed[WatchListInfo], {"limit": _PAGE})
        rows = [self._line(each) for each in sorted(found.items, key=lambda each: (-each.priority, each.name))]
        add = ft.FilledButton(
            content=say("Add a list"),
            icon=ft.Icons.ADD,
            on_click=self._console.going(place(_ROUTE, list="new")),
            visible=self._console.may(Permission.LISTS_WRITE),
        )
        about = say("People on a list are treated alike: their colour in pictures, and how sure a match has to be.")
        none = [ft.Text(say("There are none yet."))]
        return panel(say("Watch lists"), about, [*(rows or none), add])

    def _line(self, found: WatchListInfo) -> ft.Control:
        say = self._console.say
        facts = [say.many("{count} person", "{count} people", found.people)]
        facts += [say("looked for")] if found.wanted else []
        facts += [] if found.threshold is None else [say("from {score}", score=say.number(found.threshold, 2))]
        facts += [say("priority {number}", number=found.priority)] if found.priority else []
        return line(
            found.name,
            ft.Icon(ft.Icons.CIRCLE, color=found.colour),
            facts=", ".join(facts),
            actions=[ft.Icon(ft.Icons.CHEVRON_RIGHT)],
            on_click=self._console.going(place(_ROUTE, list=found.id)),
        )

    async def _save(self, wanted: _Wanted) -> None:
        api = self._console.api
        if self._found is None:
            await api.post("/watch-lists", WatchListInfo, asdict(wanted))
        else:
            path = f"/watch-lists/{part(self._found.id)}"
            try:
                await api.patch(path, WatchListInfo, asdict(wanted), if_match=self._etag)
            except ApiProblem as problem:
                if problem.kind != "stale":
                    raise
                if await self._keeps_mine(path, wanted):
                    await api.patch(path, WatchListInfo, asdict(wanted), if_match=self._etag)
                else:
                    await self.open()
                    return
        await self._console.go(_ROUTE)

    async def _keeps_mine(self, path: str, wanted: _Wanted) -> bool:
        found = await self._console.api.get_versioned(path, WatchListInfo)
        self._etag = found.etag
        return await ask_whose(self._console, _differences(self._console, found.value, wanted))

    async def _remove(self) -> None:
        if (found := self._found) is None:
            return
        say = self._console.say
        people = say.many(
            "{count} person stands on it and stays.", "{count} people stand on it and stay.", found.people
        )
        title = say("Remove the list “{name}”?", name=found.name)
        if await self._console.ask(title, people, say("Remove"), is_dangerous=True):
            await self._console.api.delete(f"/watch-lists/{part(found.id)}")
            await self._console.go(_ROUTE)


class _Form:
    """The fields of a list; it tells what is wanted when they are all right."""

    def __init__(self, console: Console, found: WatchListInfo | None, save: _Save, remove: _Remove) -> None:
        say = console.say
        self._console, self._found, self._save, self._remove = console, found, save, remove
        self._name = ft.TextField(
            label=say("Name"), value=found.name if found else "", max_length=_MOST_LETTERS, width=360
        )
        self._wanted = ft.Switch(
            label=say("Looked for"),
            value=found.wanted if found else False,
        )
        self._threshold = ft.TextField(
            label=say("Own threshold"),
            value="" if found is None or found.threshold is None else f"{found.threshold:g}",
            helper=say("Least similarity to be named, between 0 and 1. Empty: as set for everybody."),
            helper_max_lines=3,
            width=360,
        )
        self._priority = ft.TextField(
            label=say("Priority"),
            value=str(found.priority) if found else "0",
            helper=say("From −1000 to 1000; higher ones are shown first. Usually 0."),
            helper_max_lines=3,
            width=360,
        )
        self._colour = ft.TextField(
            label=say("Colour"),
            value=found.colour if found else _COLOURS[0],
            helper=say("Of the frame around their faces, as #rrggbb."),
            helper_max_lines=3,
            prefix_icon=ft.Icon(ft.Icons.CIRCLE, color=found.colour if found else _COLOURS[0]),
            on_change=self._show_colour,
            width=360,
        )

    def build(self) -> ft.Control:
        """What is shown."""
        say, may = self._console.say, self._console.may(Permission.LISTS_WRITE)
        swatches = ft.Row(controls=[self._swatch(each) for each in _COLOURS], wrap=True, spacing=0)
        doing = self._console.doing
        buttons = ft.Row(
            controls=[
                ft.FilledButton(content=say("Save"), on_click=doing(self._try_to_save), visible=may),
                ft.TextButton(content=say("Back"), on_click=self._console.going(_ROUTE)),
                ft.TextButton(
                    content=say("Remove"),
                    icon=ft.Icons.DELETE_OUTLINE,
                    on_click=doing(self._ask_to_remove),
                    visible=may and self._found is not None,
                ),
            ],
            wrap=True,
        )
        title = self._found.name if self._found else say("A new list")
        meaning = ft.Text(say("Whoever stands on it is looked for: a sighting raises an alert"), size=13)
        fields = [self._name, self._wanted, meaning, self._threshold, self._colour, swatches, self._priority, buttons]
        return panel(title, "", fields)

    def _swatch(self, colour: str) -> ft.Control:
        def take(_event: object) -> None:
            self._colour.value = colour
            self._show_colour(None)

        tooltip = self._console.say("Colour {colour}", colour=colour)
        return ft.IconButton(
            icon=ft.Icon(ft.Icons.CIRCLE, color=colour, semantics_label=tooltip), tooltip=tooltip, on_click=take
        )

    def _show_colour(self, _event: object) -> None:
        text = self._colour.value or ""
        if _COLOUR.fullmatch(text):
            self._colour.prefix_icon = ft.Icon(ft.Icons.CIRCLE, color=text)
        self._console.refresh(self._colour)

    async def _try_to_save(self, _event: object) -> None:
        if (wanted := self._read()) is not None:
            await self._save(wanted)

    async def _ask_to_remove(self, _event: object) -> None:
        await self._remove()

    def _read(self) -> _Wanted | None:
        """What stands in the fields; None: something is wrong, and is said beside it."""
        say = self._console.say
        name, colour = (self._name.value or "").strip(), (self._colour.value or "").strip()
        threshold, priority = _number(self._threshold.value), _number(self._priority.value)
        is_score = threshold is None and not (self._threshold.value or "").strip()
        is_score = is_score or (threshold is not None and 0 < threshold < 1)
        is_rank = priority is not None and abs(priority) <= _MOST_PRIORITY and priority == int(priority)
        self._name.error = None if name else say("A list has a name.")
        self._threshold.error = None if is_score else say("A number between 0 and 1, or nothing.")
        self._priority.error = None if is_rank else say("A whole number from −1000 to 1000.")
        self._colour.error = None if _COLOUR.fullmatch(colour) else say("A colour is written as #00696d.")
        for each in (self._name, self._threshold, self._priority, self._colour):
            self._console.refresh(each)
        if any(each.error for each in (self._name, self._threshold, self._priority, self._colour)):
            return None
        return _Wanted(name, bool(self._wanted.value), threshold, colour.lower(), int(priority or 0))


def _number(text: str | None) -> float | None:
    try:
        return float((text or "").strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None


def _differences(console: Console, theirs: WatchListInfo, mine: _Wanted) -> list[Difference]:
    say = console.say
    names = {
        "name": say("Name"),
        "wanted": say("Looked for"),
        "threshold": say("Own threshold"),
        "colour": say("Colour"),
        "priority": say("Priority"),
    }
    return [
        Difference(name, _shown(console, getattr(theirs, key)), _shown(console, getattr(mine, key)))
        for key, name in names.items()
        if getattr(theirs, key) != getattr(mine, key)
    ]


def _shown(console: Console, value: object) -> str:
    if isinstance(value, bool):
        return console.say("yes") if value else console.say("no")
    return "—" if value is None else str(value)
