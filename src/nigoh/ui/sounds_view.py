"""Sounds and notifications: what is heard, and shown outside the page, of whom."""

import json
from dataclasses import replace
from urllib.parse import quote

import flet as ft
from flet_webview import WebView

from nigoh.domain.access import Permission
from nigoh.domain.preferences import Sound, Theme
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.named import named
from nigoh.ui.controls.states import loading
from nigoh.ui.events.alert_words import NOTIFY, occasion_names, sound_names, trying_words
from nigoh.ui.view import Place

_LISTS = 60
"""Each may notify, and so many other preferences fit."""

_SILENT = "-"
_USUAL_VOLUME = 0.7
_PAGE_HEIGHT_PX = 170


class SoundsView:
    """A row a watch list, and one for each other occasion. What is chosen is kept at once."""

    def __init__(self, console: Console, here: Place) -> None:
        del here
        self._console = console
        self._rows = ft.Column(controls=[loading(console.say)], spacing=12)

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        about = say("Heard and shown in every view, as long as the console is open in a tab of the browser.")
        back = ft.TextButton(
            content=say("All events"), icon=ft.Icons.ARROW_BACK, on_click=self._console.going("/events")
        )
        return ft.Column(
            controls=[
                heading(say("Sounds and notifications"), back),
                ft.Text(about, color=ft.Colors.ON_SURFACE_VARIANT),
                ft.Semantics(
                    content=WebView(url=self._address(), height=_PAGE_HEIGHT_PX),
                    label=say("Listen to the sounds:"),
                    identifier="sounds",
                ),
                self._rows,
            ],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
        )

    async def open(self) -> None:
        """Ask which lists there are."""
        occasions: dict[str, tuple[str, str]] = {}
        if self._console.may(Permission.LISTS_READ):
            found = await self._console.api.get("/watch-lists", Listed[WatchListInfo], {"limit": _LISTS})
            occasions = {each.id: (each.name, each.colour) for each in found.items}
        names = occasion_names(self._console.say)
        occasions |= {key: (name, "") for key, name in names.items()}
        self._rows.controls = [self._row(key, name, colour) for key, (name, colour) in occasions.items()]
        self._console.refresh(self._rows)

    def _row(self, key: str, name: str, colour: str) -> ft.Control:
        say, liked = self._console.say, self._console.preferences
        sound = liked.sounds.get(key, Sound(volume=_USUAL_VOLUME))
        sounds = ft.Dropdown(
            label=say("Sound"),
            value=sound.name or _SILENT,
            options=[
                ft.DropdownOption(key=_SILENT, text=say("Silence")),
                *(ft.DropdownOption(key=each, text=text) for each, text in sound_names(say).items()),
            ],
            width=180,
            dense=True,
        )
        volume = ft.Slider(value=sound.volume, min=0.1, max=1, divisions=9, width=160, tooltip=say("Volume"))
        shows = ft.Switch(label=say("Notification"), value=bool(liked.other.get(NOTIFY + key, False)))

        async def keep(_event: object) -> None:
            chosen = "" if sounds.value in {None, _SILENT} else str(sounds.value)
            await self._keep(key, Sound(chosen, float(volume.value or 0)), notifies=bool(shows.value))

        sounds.on_select = volume.on_change_end = shows.on_change = self._console.doing(keep)
        mark = ft.Icon(ft.Icons.CIRCLE, size=12, color=colour) if colour else ft.Icon(ft.Icons.PERSON, size=14)
        return ft.Semantics(
            content=ft.Row(
                controls=[
                    ft.Row(controls=[mark, ft.Text(name, expand=True)], width=240, spacing=8),
                    named(sounds, say("Sound of {name}", name=name)),
                    named(volume, say("Volume")),
                    shows,
                ],
                wrap=True,
                spacing=12,
                run_spacing=4,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            identifier=f"sound-{key}",
            container=True,
        )

    async def _keep(self, key: str, sound: Sound, *, notifies: bool) -> None:
        liked = self._console.preferences
        sounds = {name: each for name, each in liked.sounds.items() if name != key}
        other = {name: each for name, each in liked.other.items() if name != NOTIFY + key}
        if sound.name:
            sounds[key] = sound
        if notifies:
            other[NOTIFY + key] = True
        await self._console.keep(replace(liked, sounds=sounds, other=other))

    def _address(self) -> str:
        liked = self._console.preferences
        told = {
            "words": trying_words(self._console.say),
            "lang": liked.language.value.replace("_", "-"),
            "theme": "" if liked.theme is Theme.SYSTEM else liked.theme.value,
            "seed": liked.seed_color,
        }
        return f"{self._console.visit.origin}/console/sounds.html#{quote(json.dumps(told))}"
