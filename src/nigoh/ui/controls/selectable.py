"""Text that can be selected and copied."""

import flet as ft


def selectable(text: str, *, monospaced: bool = False) -> ft.Control:
    """The text. Flet's own selectable text is not told to screen readers; this is."""
    return ft.SelectionArea(content=ft.Text(text, font_family="monospace" if monospaced else None))
