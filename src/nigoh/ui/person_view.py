"""One person: who they are, where they were seen, their photos."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.people import PersonInfo, person_path
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.person_finder import ask_person
from nigoh.ui.controls.states import loading
from nigoh.ui.people.details_part import DetailsPart
from nigoh.ui.people.erasing import ask_to_erase
from nigoh.ui.people.faces import face, list_chip
from nigoh.ui.people.merging import ask_to_merge
from nigoh.ui.people.photos_part import PhotosPart
from nigoh.ui.people.sightings_part import SightingsPart
from nigoh.ui.people.words import basis_text
from nigoh.ui.view import Place, View, part, place

_FACE_PX = 112
_SIGHTINGS, _PHOTOS, _DETAILS = "sightings", "photos", "details"

_PARTS: Mapping[str, Callable[[Console, PersonInfo, Place], View]] = MappingProxyType(
    {
        _SIGHTINGS: lambda console, person, here: SightingsPart(console, person, here.query.get("time", "")),
        _PHOTOS: lambda console, person, _here: PhotosPart(console, person),
        _DETAILS: lambda console, person, _here: DetailsPart(console, person),
    }
)


class PersonView:
    """Somebody, and one of three parts: `part=sightings`, `photos` or `details` of the address.

    Args:
        console: of the browser.
        here: names the person and the part.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console, self._here = console, here
        self._id = here.names.get("person", "")
        self._offered = [_PHOTOS, *([_DETAILS] if console.may(Permission.PEOPLE_WRITE) else [])]
        if console.may(Permission.SIGHTINGS_READ):
            self._offered.insert(0, _SIGHTINGS)
        asked = here.query.get("part", "")
        self._part = asked if asked in self._offered else self._offered[0]
        self._body = ft.Column(
            controls=[loading(console.say)],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            spacing=12,
        )

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Ask who they are, then fill the part."""
        api = self._console.api
        person = await api.get(person_path(self._id), PersonInfo)
        lists: tuple[WatchListInfo, ...] = ()
        if person.lists and self._console.may(Permission.LISTS_READ):
            lists = (await api.get("/watch-lists", Listed[WatchListInfo], {"limit": 200})).items
        shown = _PARTS[self._part](self._console, person, self._here)
        self._body.controls = [
            heading(person.name, *self._actions(person)),
            self._about(person, [each for each in lists if each.id in person.lists]),
            ft.Row(controls=[self._parts()], scroll=ft.ScrollMode.AUTO),
            ft.Container(content=shown.build(), padding=ft.Padding.only(bottom=24)),
        ]
        self._console.refresh(self._body)
        await shown.open()

    def _about(self, person: PersonInfo, lists: list[WatchListInfo]) -> ft.Control:
        say = self._console.say
        facts = [
            (say("Other names"), ", ".join(person.other_names)),
            (say("Group"), person.group),
            (say("Number in another system"), person.external_id or ""),
            (say("Legal basis"), basis_text(say, person.legal_basis)),
            (say("Erase on"), say.day(person.expires_at.date()) if person.expires_at else ""),
            (say("Enrolled"), say.moment(person.created_at)),
            (say("Notes"), person.notes),
        ]
        told: list[ft.Control] = [ft.Text(f"{name}: {value}", size=14) for name, value in facts if value]
        chips: list[ft.Control] = [list_chip(each) for each in lists]
        if chips:
            told.insert(0, ft.Row(controls=chips, wrap=True, spacing=6, run_spacing=6))
        return ft.Row(
            controls=[face(say, person, _FACE_PX), ft.Column(controls=told, spacing=2, tight=True, expand=True)],
            spacing=16,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )

    def _parts(self) -> ft.Control:
        say = self._console.say
        names = {_SIGHTINGS: say("Sightings"), _PHOTOS: say("Photos"), _DETAILS: say("Details")}
        return ft.SegmentedButton(
            segments=[ft.Segment(value=each, label=ft.Text(names[each])) for each in self._offered],
            selected=[self._part],
            show_selected_icon=False,
            on_change=self._choose,
        )

    def _actions(self, person: PersonInfo) -> list[ft.Control]:
        say, console = self._console.say, self._console

        async def merge(_event: object) -> None:
            if (other := await ask_person(console)) is None or other.id == person.id:
                return
            if (left := await ask_to_merge(console, person, other)) is not None:
                await console.go(place(f"/people/{part(left.id)}", part=_PHOTOS))

        async def erase(_event: object) -> None:
            if await ask_to_erase(console, person):
                await console.go("/people")

        async def export(_event: object) -> None:
            await self._export(person)

        sees_all = console.session.cameras is None
        writes = console.may(Permission.PEOPLE_WRITE)
        edit = console.going(place(f"/people/{part(person.id)}", part=_DETAILS))
        known = (
            (say("Edit"), ft.Icons.EDIT_OUTLINED, edit, writes),
            (say("Merge…"), ft.Icons.MERGE, console.doing(merge), writes and console.may(Permission.LISTS_WRITE)),
            (
                say("Export"),
                ft.Icons.DOWNLOAD,
                console.doing(export),
                sees_all and console.may(Permission.PEOPLE_EXPORT),
            ),
            (say("Erase…"), ft.Icons.DELETE_OUTLINE, console.doing(erase), console.may(Permission.PEOPLE_ERASE)),
        )
        return [
            ft.OutlinedButton(content=name, icon=icon, on_click=on_click)
            for name, icon, on_click, is_offered in known
            if is_offered
        ]

    async def _export(self, person: PersonInfo) -> None:
        say = self._console.say
        about = say(
            "A ZIP with all data on them: details, photos, sightings, recordings. It is not encrypted, nothing "
            "erases it later, and the audit keeps that you took it."
        )
        if await self._console.ask(say("Export all data on {name}?", name=person.name), about, say("Export")):
            address = f"{self._console.visit.origin}/api/v1/exports/people/{part(person.id)}"
            await ft.UrlLauncher().launch_url(address, web_only_window_name="_self")

    async def _choose(self, event: ft.Event[ft.SegmentedButton]) -> None:
        (chosen,) = event.control.selected
        await self._console.go(place(f"/people/{part(self._id)}", part=chosen))
