"""What stands above a view."""

import flet as ft


def heading(title: str, *actions: ft.Control) -> ft.Control:
    """The view's title, and what can be done on it; on narrow pages the actions go below."""
    return ft.Container(
        content=ft.Row(
            controls=[
                ft.Semantics(
                    content=ft.Text(title, theme_style=ft.TextThemeStyle.HEADLINE_SMALL), heading_level=1, header=True
                ),
                ft.Row(controls=list(actions), wrap=True, spacing=8, run_spacing=8),
            ],
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
            wrap=True,
            run_spacing=8,
        ),
        padding=ft.Padding.only(bottom=12),
    )
