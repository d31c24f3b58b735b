"""Language, colours, and how one goes from view to view: of whoever is logged in, and of nobody else."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import flet as ft

from nigoh.domain.preferences import Navigation, Preferences, Theme
from nigoh.ui.account_menu import LANGUAGES
from nigoh.ui.console import Console
from nigoh.ui.settings.panel import panel, stack
from nigoh.ui.view import Place

_COLOURS = ("#00696d", "#1f5fbf", "#6750a4", "#9c4146", "#8b5000", "#386a20", "#006e2c", "#5d5f5f")
_COLOUR_LENGTH = len("#rrggbb")


class AppearanceSection:
    """How the console looks to its operator; each choice holds at once."""

    def __init__(self, console: Console, here: Place) -> None:
        del here
        self._console = console

    def build(self) -> ft.Control:
        """What is shown."""
        return stack([self._languages(), self._themes(), self._colours(), self._navigation()])

    async def open(self) -> None:
        """Everything is there already."""

    def _languages(self) -> ft.Control:
        say, liked = self._console.say, self._console.preferences
        chips = [
            ft.Chip(
                label=name,
                selected=language is liked.language,
                on_select=self._liking(replace(liked, language=language)),
                show_checkmark=True,
            )
            for language, name in LANGUAGES.items()
        ]
        return panel(
            say("Language"), say("Of the console, for you alone."), [ft.Row(controls=[*chips], wrap=True, spacing=8)]
        )

    def _themes(self) -> ft.Control:
        say, liked = self._console.say, self._console.preferences
        names = {
            Theme.SYSTEM: (say("As the device"), ft.Icons.BRIGHTNESS_AUTO),
            Theme.LIGHT: (say("Light"), ft.Icons.LIGHT_MODE),
            Theme.DARK: (say("Dark"), ft.Icons.DARK_MODE),
        }
        chips = [
            ft.Chip(
                label=name,
                leading=ft.Icon(icon),
                selected=theme is liked.theme,
                show_checkmark=False,
                on_select=self._liking(replace(liked, theme=theme)),
            )
            for theme, (name, icon) in names.items()
        ]
        return panel(say("Theme"), "", [ft.Row(controls=[*chips], wrap=True, spacing=8)])

    def _colours(self) -> ft.Control:
        say, liked = self._console.say, self._console.preferences
        swatches = [
            ft.IconButton(
                icon=ft.Icon(
                    ft.Icons.CHECK_CIRCLE if colour == liked.seed_color else ft.Icons.CIRCLE,
                    color=colour,
                    size=36,
                    semantics_label=say("Colour {colour}", colour=colour),
                ),
                tooltip=say("Colour {colour}", colour=colour),
                on_click=self._liking(replace(liked, seed_color=colour)),
            )
            for colour in _COLOURS
        ]
        own = ft.TextField(
            label=say("Another colour"),
            value=liked.seed_color,
            helper=say("As #rrggbb; Enter takes it."),
            helper_max_lines=3,
            width=220,
            max_length=_COLOUR_LENGTH,
            on_submit=self._console.doing(self._take_colour),
        )
        return panel(
            say("Colour"),
            say("All colours of the console are made from this one."),
            [ft.Row(controls=[*swatches], wrap=True, spacing=4), own],
        )

    def _navigation(self) -> ft.Control:
        say, liked = self._console.say, self._console.preferences
        names = {
            Navigation.RAIL: (say("Beside the view"), ft.Icons.VIEW_SIDEBAR),
            Navigation.TABS: (say("As tabs"), ft.Icons.TAB),
            Navigation.ONE_PAGE: (say("All on one page"), ft.Icons.VIEW_DAY),
        }
        chips = [
            ft.Chip(
                label=name,
                leading=ft.Icon(icon),
                selected=navigation is liked.navigation,
                show_checkmark=False,
                on_select=self._liking(replace(liked, navigation=navigation)),
            )
            for navigation, (name, icon) in names.items()
        ]
        return panel(
            say("Navigation"),
            say("Phones have a bar at the bottom, whatever is chosen here."),
            [ft.Row(controls=[*chips], wrap=True, spacing=8)],
        )

    def _liking(self, wanted: Preferences) -> Callable[..., Awaitable[None]]:
        async def like(_event: object) -> None:
            await self._console.prefer(wanted)

        return self._console.doing(like)

    async def _take_colour(self, event: ft.Event[ft.TextField]) -> None:
        field, say = event.control, self._console.say
        try:
            wanted = replace(self._console.preferences, seed_color=(field.value or "").strip().lower())
        except ValueError:
            field.error = say("A colour is written as #00696d.")
            self._console.refresh(field)
            return
        await self._console.prefer(wanted)
