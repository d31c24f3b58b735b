"""Somebody in the grid or in the list."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.people import PersonInfo
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.people.faces import face, list_chip, list_dots
from nigoh.ui.view import part, place

CARD_PX = 152
"""Two stand beside each other on a page of 360 px."""

_ROW_FACE_PX = 48

Chosen = Callable[[PersonInfo], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Deeds:
    """What can be done with somebody from the list."""

    choose: Chosen
    erase: Chosen


class PersonCards:
    """Makes what stands for people. Owner: the view.

    Args:
        console: of the browser.
        lists: by identifier.
        deeds: what happens to whoever is chosen.
    """

    def __init__(self, console: Console, lists: Mapping[str, WatchListInfo], deeds: Deeds) -> None:
        self._console = console
        self._lists = lists
        self._deeds = deeds

    def card(self, person: PersonInfo, *, is_chosen: bool) -> ft.Control:
        """For the grid."""
        shown = ft.Column(
            controls=[
                face(self._console.say, person, CARD_PX - 16),
                ft.Text(person.name, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS, tooltip=person.name, height=40),
                ft.Row(
                    controls=[list_dots(self._of(person)), self._menu(person)],
                    alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                ),
            ],
            spacing=4,
            tight=True,
        )
        return ft.Stack(
            controls=[
                self._framed(person, shown, is_chosen=is_chosen, width=CARD_PX),
                ft.Container(content=self._check(person, is_chosen=is_chosen), left=2, top=2),
            ],
            width=CARD_PX,
        )

    def row(self, person: PersonInfo, *, is_chosen: bool) -> ft.Control:
        """For the list."""
        told = ", ".join(filter(None, (*person.other_names, person.group)))
        chips: Sequence[ft.Control] = [list_chip(each) for each in self._of(person)]
        names: list[ft.Control] = [ft.Text(person.name, weight=ft.FontWeight.W_500)]
        names += [ft.Text(told, color=ft.Colors.ON_SURFACE_VARIANT)] if told else []
        names += [ft.Row(controls=list(chips), wrap=True, spacing=4, run_spacing=4)] if chips else []
        shown = ft.Row(
            controls=[
                self._check(person, is_chosen=is_chosen),
                face(self._console.say, person, _ROW_FACE_PX),
                ft.Column(controls=names, spacing=2, tight=True, expand=True),
                self._menu(person),
            ],
            spacing=8,
        )
        return self._framed(person, shown, is_chosen=is_chosen, width=None)

    def _framed(self, person: PersonInfo, shown: ft.Control, *, is_chosen: bool, width: float | None) -> ft.Control:
        return ft.Semantics(
            content=ft.Container(
                content=shown,
                width=width,
                padding=8,
                border=ft.Border.all(1, ft.Colors.PRIMARY if is_chosen else ft.Colors.OUTLINE_VARIANT),
                border_radius=16,
                bgcolor=ft.Colors.SECONDARY_CONTAINER if is_chosen else ft.Colors.SURFACE_CONTAINER_LOW,
                ink=True,
                on_click=self._console.going(f"/people/{part(person.id)}"),
            ),
            identifier=f"person-{person.id}",
            container=True,
        )

    def _check(self, person: PersonInfo, *, is_chosen: bool) -> ft.Control:
        async def choose(_event: object) -> None:
            await self._deeds.choose(person)

        label = self._console.say("Choose {name}", name=person.name)
        button = ft.IconButton(
            icon=ft.Icons.CHECK_CIRCLE if is_chosen else ft.Icons.CIRCLE_OUTLINED,
            icon_size=20,
            icon_color=ft.Colors.PRIMARY if is_chosen else ft.Colors.ON_SURFACE_VARIANT,
            bgcolor=ft.Colors.with_opacity(0.75, ft.Colors.SURFACE),
            tooltip=label,
            on_click=choose,
        )
        return _apart(button, label, visible=self._may_merge)

    @property
    def _may_merge(self) -> bool:
        return self._console.may(Permission.PEOPLE_WRITE) and self._console.may(Permission.LISTS_WRITE)

    def _menu(self, person: PersonInfo) -> ft.Control:
        say, console, here = self._console.say, self._console, f"/people/{part(person.id)}"

        async def erase(_event: object) -> None:
            await self._deeds.erase(person)

        items = [
            ft.PopupMenuItem(content=say("Open"), icon=ft.Icons.PERSON_OUTLINE, on_click=console.going(here)),
        ]
        if console.may(Permission.PEOPLE_WRITE):
            edit = console.going(place(here, part="details"))
            items.append(ft.PopupMenuItem(content=say("Edit"), icon=ft.Icons.EDIT_OUTLINED, on_click=edit))
        if console.may(Permission.PEOPLE_ERASE):
            items.append(
                ft.PopupMenuItem(content=say("Erase…"), icon=ft.Icons.DELETE_OUTLINE, on_click=console.doing(erase))
            )
        label = say("More about {name}", name=person.name)
        button = ft.PopupMenuButton(icon=ft.Icons.MORE_VERT, tooltip=label, items=items)
        return _apart(button, label)

    def _of(self, person: PersonInfo) -> list[WatchListInfo]:
        found = [self._lists[each] for each in person.lists if each in self._lists]
        return sorted(found, key=lambda each: (-each.priority, each.name))


def _apart(button: ft.Control, label: str, *, visible: bool = True) -> ft.Control:
    """A button that is one of its own for screen readers, and no part of the card around it."""
    return ft.Semantics(content=button, label=label, container=True, visible=visible)
