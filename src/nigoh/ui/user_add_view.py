"""Adding people: one, several by a photo each, or many by an archive."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.people.importing import ImportPeople
from nigoh.ui.people.one_person import OnePerson
from nigoh.ui.people.several import SeveralPeople
from nigoh.ui.view import Place, View, place

_ROUTE = "/people/new"
_ONE, _SEVERAL, _IMPORT = "one", "several", "import"


_WAYS: Mapping[str, Callable[[Console, Place], View]] = MappingProxyType(
    {
        _ONE: lambda console, here: OnePerson(console, here.query.get("sighting", "")),
        _SEVERAL: lambda console, _here: SeveralPeople(console),
        _IMPORT: lambda console, _here: ImportPeople(console),
    }
)


class UserAddView:
    """Three ways, of which the address names one.

    Args:
        console: of the browser.
        here: has `mode`: one, several or import; `sighting`: identifier of one whose picture is the first photo.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        asked = here.query.get("mode", _ONE)
        self._offered = [_ONE, _SEVERAL, *([_IMPORT] if console.may(Permission.LISTS_WRITE) else [])]
        self._mode = asked if asked in self._offered else _ONE
        self._way = _WAYS[self._mode](console, here)

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        names = {_ONE: say("One person"), _SEVERAL: say("Several people"), _IMPORT: say("Import")}
        icons = {_ONE: ft.Icons.PERSON_ADD, _SEVERAL: ft.Icons.GROUP_ADD, _IMPORT: ft.Icons.UPLOAD_FILE}
        is_narrow = self._console.is_narrow
        modes = ft.SegmentedButton(
            segments=[
                ft.Segment(value=each, label=ft.Text(names[each]), icon=None if is_narrow else ft.Icon(icons[each]))
                for each in self._offered
            ],
            selected=[self._mode],
            show_selected_icon=False,
            on_change=self._choose,
        )
        return ft.Column(
            controls=[
                heading(say("Add people")),
                ft.Row(controls=[modes], scroll=ft.ScrollMode.AUTO),
                ft.Container(content=self._way.build(), padding=ft.Padding.only(top=8, bottom=24)),
            ],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    async def open(self) -> None:
        """Begin."""
        await self._way.open()

    async def _choose(self, event: ft.Event[ft.SegmentedButton]) -> None:
        (mode,) = event.control.selected
        await self._console.go(place(_ROUTE, mode=mode))
