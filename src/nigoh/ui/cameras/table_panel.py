"""Adding many cameras by a table: chosen, looked at, added line by line, with a report."""

import flet as ft

from nigoh.errors import NigohError
from nigoh.ui.cameras.table import COLUMNS, TableLine, read_table
from nigoh.ui.client.cameras import CameraInfo, GroupInfo
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.problem import LoggedOut
from nigoh.ui.console import Console

_MOST_SHOWN = 200
_GROUPS = 500


class TablePanel:
    """Takes a CSV file, shows what stands in it, adds the cameras. Owner: the view that shows it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines: tuple[TableLine, ...] = ()
        self._done: dict[int, str] = {}
        self._stopping = False
        self._picker = ft.FilePicker()
        self._report = ft.Column(controls=[], spacing=4)
        self._progress = ft.ProgressBar(visible=False, semantics_label=console.say("Adding cameras"))
        say = console.say
        self._add = ft.FilledButton(content=say("Add them"), on_click=console.doing(self._add_all), visible=False)
        self._stop = ft.TextButton(content=say("Stop"), on_click=self._want_stop, visible=False)

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        choose = ft.OutlinedButton(
            content=say("Choose a CSV"), icon=ft.Icons.UPLOAD_FILE, on_click=self._console.doing(self._choose)
        )
        columns = ft.Text(say("Columns: {names}", names=", ".join(COLUMNS)), selectable=True)
        buttons = ft.Row(controls=[choose, self._add, self._stop], wrap=True)
        return ft.Column(controls=[columns, buttons, self._progress, self._report], spacing=12)

    async def _choose(self, _event: object) -> None:
        chosen = await self._picker.pick_files(
            file_type=ft.FilePickerFileType.CUSTOM,
            allowed_extensions=["csv"],
            with_data=True,
            cancel_upload_on_window_blur=False,
        )
        if chosen:
            self._lines, self._done = read_table(chosen[0].bytes or b""), {}
            self._show()

    async def _want_stop(self, _event: object) -> None:
        self._stopping = True

    async def _add_all(self, _event: object) -> None:
        self._stopping = False
        waiting = [line for line in self._lines if not line.problem and line.number not in self._done]
        self._progress.visible = self._stop.visible = True
        try:
            groups = await self._groups()
            for count, line in enumerate(waiting):
                if self._stopping:
                    break
                self._progress.value = count / len(waiting)
                self._done[line.number] = await self._add_one(line, groups)
                self._show()
        finally:
            self._progress.visible = self._stop.visible = False
            self._show()

    async def _groups(self) -> dict[str, str]:
        found = await self._console.api.get("/camera-groups", Listed[GroupInfo], {"limit": _GROUPS})
        return {each.name: each.id for each in found.items}

    async def _add_one(self, line: TableLine, groups: dict[str, str]) -> str:
        """What became of it: "" if it was added."""
        api, body = self._console.api, dict(line.body)
        try:
            if line.group and line.group not in groups:
                groups[line.group] = (await api.post("/camera-groups", GroupInfo, {"name": line.group})).id
            if line.group:
                body["group"] = groups[line.group]
            await api.post("/cameras", CameraInfo, body)
        except LoggedOut:
            raise
        except NigohError as error:
            return error.what
        return ""

    def _show(self) -> None:
        say = self._console.say
        fine = sum(not line.problem for line in self._lines)
        added = sum(not problem for problem in self._done.values())
        self._add.visible = fine > len(self._done)
        head = ft.Text(
            say(
                "{lines} lines, {fine} of them fine, {added} added",
                lines=say.number(len(self._lines)),
                fine=say.number(fine),
                added=say.number(added),
            ),
            weight=ft.FontWeight.W_500,
        )
        # What went wrong is seen first.
        ordered = sorted(self._lines, key=lambda line: not self._problem(line))
        self._report.controls = [head, *(self._row(line) for line in ordered[:_MOST_SHOWN])]
        for each in (self._report, self._add, self._stop, self._progress):
            self._console.refresh(each)

    def _problem(self, line: TableLine) -> str:
        return line.problem or self._done.get(line.number, "")

    def _row(self, line: TableLine) -> ft.Control:
        say, problem = self._console.say, self._problem(line)
        if problem:
            icon, told = ft.Icon(ft.Icons.ERROR_OUTLINE, color=ft.Colors.ERROR), problem
        elif line.number in self._done:
            icon, told = ft.Icon(ft.Icons.CHECK_CIRCLE, color=ft.Colors.PRIMARY), say("added")
        else:
            icon, told = ft.Icon(ft.Icons.HOURGLASS_EMPTY, color=ft.Colors.OUTLINE), say("waits")
        text = say("Line {number}: {name}: {told}", number=line.number, name=line.name or "?", told=told)
        return ft.Row(controls=[icon, ft.Text(text, expand=True)])
