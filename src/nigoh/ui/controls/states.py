"""What stands in a view's place while it loads, has nothing to show, or cannot."""

from collections.abc import Awaitable, Callable

import flet as ft

from nigoh.errors import NigohError
from nigoh.ui.words.say import Say

_WIDEST_PX = 420


def loading(say: Say) -> ft.Control:
    """Something is on its way."""
    return _middle(ft.ProgressRing(semantics_label=say("Loading")), ft.Text(say("Loading")))


def empty(icon: ft.IconData, title: str, text: str, action: ft.Control | None = None) -> ft.Control:
    """There is nothing yet; `action` is what changes that."""
    return _middle(
        ft.Icon(icon, size=56, color=ft.Colors.OUTLINE),
        ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_LARGE, text_align=ft.TextAlign.CENTER),
        ft.Text(text, text_align=ft.TextAlign.CENTER, color=ft.Colors.ON_SURFACE_VARIANT),
        *([action] if action else []),
    )


def failed(say: Say, error: NigohError, again: Callable[[object], Awaitable[None]] | None = None) -> ft.Control:
    """It does not work: what went wrong, what helps, and a way to try again."""
    retry = ft.FilledTonalButton(content=say("Try again"), icon=ft.Icons.REFRESH, on_click=again) if again else None
    return _middle(
        ft.Icon(ft.Icons.ERROR_OUTLINE, size=56, color=ft.Colors.ERROR),
        ft.Text(error.what, theme_style=ft.TextThemeStyle.TITLE_MEDIUM, text_align=ft.TextAlign.CENTER),
        ft.Text(error.next_step, text_align=ft.TextAlign.CENTER, color=ft.Colors.ON_SURFACE_VARIANT),
        *([retry] if retry else []),
    )


def _middle(*controls: ft.Control) -> ft.Control:
    return ft.Container(
        content=ft.Column(
            controls=list(controls),
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            alignment=ft.MainAxisAlignment.CENTER,
            width=_WIDEST_PX,
            tight=True,
        ),
        alignment=ft.Alignment.CENTER,
        padding=24,
        expand=True,
    )
