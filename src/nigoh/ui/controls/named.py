"""Controls with names for those who do not see them: Flet tells screen readers no tooltip, of a dropdown nothing."""

import flet as ft


def named_icon(icon: ft.IconData, name: str) -> ft.Icon:
    """An icon for a button that shows nothing else; the button gets its name."""
    return ft.Icon(icon, semantics_label=name)


def named(control: ft.Control, name: str) -> ft.Control:
    """A dropdown or slider under its name."""
    return ft.Semantics(content=control, label=name)
