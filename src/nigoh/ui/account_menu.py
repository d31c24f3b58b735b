"""Who is logged in, and what they change of the console at once: language, theme; logging out."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import flet as ft

from nigoh.domain.preferences import ConsoleLanguage, Preferences, Theme
from nigoh.ui.console import Console

LANGUAGES = {
    ConsoleLanguage.UZBEK: "Oʻzbekcha",
    ConsoleLanguage.UZBEK_CYRILLIC: "Ўзбекча",
    ConsoleLanguage.RUSSIAN: "Русский",
    ConsoleLanguage.ENGLISH: "English",
}
"""Each in itself: whoever cannot read the others finds theirs."""


def account_menu(console: Console) -> ft.Control:
    """The menu behind the operator's name."""
    say, user, liked = console.say, console.session.user, console.preferences
    languages = [
        ft.PopupMenuItem(
            content=name,
            checked=language is liked.language,
            on_click=console.doing(_liking(console, replace(liked, language=language))),
        )
        for language, name in LANGUAGES.items()
    ]
    themes = [
        ft.PopupMenuItem(
            content=name,
            checked=liked.theme is theme,
            on_click=console.doing(_liking(console, replace(liked, theme=theme))),
        )
        for theme, name in (
            (Theme.SYSTEM, say("Theme of the system")),
            (Theme.LIGHT, say("Light")),
            (Theme.DARK, say("Dark")),
        )
    ]
    return ft.PopupMenuButton(
        icon=ft.Icons.ACCOUNT_CIRCLE,
        tooltip=say("Account: {name}", name=user.display_name or user.name),
        items=[
            ft.PopupMenuItem(content=user.display_name or user.name, icon=ft.Icons.PERSON, disabled=True),
            ft.PopupMenuItem(),
            *languages,
            ft.PopupMenuItem(),
            *themes,
            ft.PopupMenuItem(),
            ft.PopupMenuItem(content=say("Log out"), icon=ft.Icons.LOGOUT, on_click=console.doing(_leaving(console))),
        ],
    )


def _liking(console: Console, wanted: Preferences) -> Callable[[object], Awaitable[None]]:
    async def like(_event: object) -> None:
        await console.prefer(wanted)

    return like


def _leaving(console: Console) -> Callable[[object], Awaitable[None]]:
    async def leave(_event: object) -> None:
        await console.api.delete("/session")
        await console.log_in_again()

    return leave
