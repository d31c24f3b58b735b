"""How the console looks: Material 3 out of one seed colour, light and dark."""

import flet as ft

from nigoh.domain.preferences import Preferences, Theme

_MODES = {Theme.LIGHT: ft.ThemeMode.LIGHT, Theme.DARK: ft.ThemeMode.DARK, Theme.SYSTEM: ft.ThemeMode.SYSTEM}


def apply_theme(page: ft.Page, preferences: Preferences) -> None:
    """Let the page look as its operator likes it."""
    page.theme_mode = _MODES[preferences.theme]
    page.theme = _theme(preferences.seed_color)
    page.dark_theme = _theme(preferences.seed_color)


def _theme(seed: str) -> ft.Theme:
    return ft.Theme(
        color_scheme_seed=seed,
        use_material3=True,
        visual_density=ft.VisualDensity.STANDARD,
        page_transitions=ft.PageTransitionsTheme(
            linux=ft.PageTransitionTheme.NONE,
            windows=ft.PageTransitionTheme.NONE,
            macos=ft.PageTransitionTheme.NONE,
            android=ft.PageTransitionTheme.NONE,
            ios=ft.PageTransitionTheme.NONE,
        ),
    )
