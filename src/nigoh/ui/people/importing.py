"""Importing many people, and what became of each file."""

import asyncio

import flet as ft

from nigoh.ui.client.imports import ImportedPhotoInfo, ImportedPhotoPage, ImportInfo, ImportInfos
from nigoh.ui.console import Console
from nigoh.ui.controls.drop_page import import_page
from nigoh.ui.people.words import advice_text, outcome_text
from nigoh.ui.view import part
from nigoh.ui.words.say import Say

_BUSY_S = 0.7
_QUIET_S = 2.5
_PAGE = 50
_MOST_REFUSALS = 200


class ImportPeople:
    """A page of ours takes the archive; below it stands how far the imports are, and their reports."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._imports: tuple[ImportInfo, ...] = ()
        self._body = ft.Column(spacing=12)
        self._report = ft.Column(spacing=8)
        self._reported = ""

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        columns = "name, other_names, external_id, group, lists, legal_basis, expires, notes, photos"
        about = ft.Text(
            say("Columns of a table: {columns}", columns=columns),
            color=ft.Colors.ON_SURFACE_VARIANT,
            size=13,
        )
        return ft.Column(controls=[import_page(self._console), about, self._body, self._report], spacing=12)

    async def open(self) -> None:
        """Look at the imports for as long as somebody looks here."""
        while True:
            found = (await self._console.api.get("/imports", ImportInfos)).items
            if found != self._imports:
                self._imports = found
                self._show()
            await asyncio.sleep(_BUSY_S if any(each.is_running for each in found) else _QUIET_S)

    def _show(self) -> None:
        self._body.controls = [self._panel(each) for each in self._imports]
        self._console.refresh(self._body)

    def _panel(self, found: ImportInfo) -> ft.Control:
        say = self._console.say
        lines: list[ft.Control] = [
            ft.Text(f"{say.moment(found.begun_at)}: {state_text(say, found)}", weight=ft.FontWeight.W_500),
            ft.Text(summary_text(say, found)),
        ]
        if found.is_running:
            share = found.done / found.total if found.total else None
            lines.append(ft.ProgressBar(value=share, semantics_label=say("How far the import is")))
            lines.append(ft.OutlinedButton(content=say("Cancel"), on_click=self._console.doing(self._ending(found))))
        else:
            outcomes = [
                f"{outcome_text(say, each)}: {say.number(count)}" for each, count in found.outcomes.items() if count
            ]
            lines += [ft.Text("  ·  ".join(outcomes))] if outcomes else []
            lines += [ft.Text(found.problem, color=ft.Colors.ERROR)] if found.problem else []
            look = ft.TextButton(
                content=say("Report"), icon=ft.Icons.LIST, on_click=self._console.doing(self._telling(found))
            )
            lines.append(look)
        return ft.Semantics(
            content=ft.Container(
                content=ft.Column(controls=lines, spacing=6),
                padding=12,
                border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
                border_radius=12,
            ),
            identifier=f"import-{found.state}",
            container=True,
        )

    def _ending(self, found: ImportInfo) -> ft.ControlEventHandler[ft.OutlinedButton]:
        async def end(_event: object) -> None:
            await self._console.api.delete(f"/imports/{part(found.id)}")
            self._console.tell(self._console.say("The import ends after the photos at hand; what is saved stays."))

        return end

    def _telling(self, found: ImportInfo) -> ft.ControlEventHandler[ft.TextButton]:
        async def tell(_event: object) -> None:
            await self._tell(found, 0)

        return tell

    async def _tell(self, found: ImportInfo, after: int) -> None:
        """The report of each file: first what was not followed, then photo by photo."""
        say = self._console.say
        path = f"/imports/{part(found.id)}/photos"
        page = await self._console.api.get(path, ImportedPhotoPage, {"after": after, "limit": _PAGE})
        if after == 0:
            refused = [
                _row(ft.Icons.ERROR, ft.Colors.ERROR, each.name, each.reason)
                for each in found.refusals[:_MOST_REFUSALS]
            ]
            title = say("Report of {time}", time=say.moment(found.begun_at))
            self._report.controls = [ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_MEDIUM), *refused]
            if len(found.refusals) > _MOST_REFUSALS:
                more = len(found.refusals) - _MOST_REFUSALS
                self._report.controls.append(ft.Text(say.many("and {count} more", "and {count} more", more)))
        else:
            self._report.controls.pop()
        self._report.controls += [self._photo(each) for each in page.items]
        if (follows := page.next_after) is not None:

            async def go_on(_event: object) -> None:
                await self._tell(found, follows)

            self._report.controls.append(ft.TextButton(content=say("Show more"), on_click=self._console.doing(go_on)))
        elif len(self._report.controls) == 1:
            self._report.controls.append(ft.Text(say("No file was looked at.")))
        else:
            self._report.controls.append(ft.Text(say("That is all of it."), color=ft.Colors.ON_SURFACE_VARIANT))
        self._console.refresh(self._report)

    def _photo(self, photo: ImportedPhotoInfo) -> ft.Control:
        say, check = self._console.say, photo.check
        told = [outcome_text(say, check.outcome), *(advice_text(say, each) for each in check.advice), check.detail]
        is_saved = check.outcome == "enrolled"
        icon = ft.Icons.CHECK_CIRCLE if is_saved else ft.Icons.INFO_OUTLINE
        colour = ft.Colors.PRIMARY if is_saved else ft.Colors.ON_SURFACE_VARIANT
        return _row(icon, colour, f"{photo.person}: {check.name}", ". ".join(filter(None, told)))


def _row(icon: ft.IconData, colour: ft.Colors, title: str, text: str) -> ft.Control:
    return ft.Row(
        controls=[
            ft.Icon(icon, color=colour, size=18),
            ft.Column(
                controls=[ft.Text(title, weight=ft.FontWeight.W_500), ft.Text(text)],
                spacing=0,
                tight=True,
                expand=True,
            ),
        ],
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def state_text(say: Say, found: ImportInfo) -> str:
    """Where an import is."""
    known = {
        "running": say("goes on"),
        "done": say("done"),
        "cancelled": say("cancelled"),
        "failed": say("failed; what was saved before stays"),
    }
    return known.get(found.state, found.state)


def summary_text(say: Say, found: ImportInfo) -> str:
    """What it has done so far."""
    return ", ".join((
        say("photos {done} of {total}", done=say.number(found.done), total=say.number(found.total)),
        say.many("{count} photo saved", "{count} photos saved", found.enrolled),
        say.many("{count} person added", "{count} people added", found.people_added),
        *([say.many("{count} file refused", "{count} files refused", len(found.refusals))] if found.refusals else []),
    ))  # fmt: skip
