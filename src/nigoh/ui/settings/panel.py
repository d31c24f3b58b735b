"""What sections are made of: framed panels, fields with their meaning, rows."""

from collections.abc import Sequence

import flet as ft

WIDEST_PX = 760
"""Lines longer than that are hard to read; narrower pages make them narrower."""


def panel(title: str, about: str, controls: Sequence[ft.Control]) -> ft.Control:
    """Things that belong together, under a title that says what they are."""
    told = [ft.Text(about, color=ft.Colors.ON_SURFACE_VARIANT)] if about else []
    return ft.Container(
        content=ft.Column(
            controls=[
                ft.Semantics(
                    content=ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_MEDIUM), heading_level=2, header=True
                ),
                *told,
                *controls,
            ],
            spacing=12,
            horizontal_alignment=ft.CrossAxisAlignment.START,
        ),
        width=WIDEST_PX,
        padding=16,
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        border_radius=12,
    )


def stack(controls: Sequence[ft.Control]) -> ft.Column:
    """Panels below each other."""
    return ft.Column(controls=list(controls), spacing=16)


def line(
    title: str,
    icon: ft.Icon,
    *,
    facts: str = "",
    actions: Sequence[ft.Control] = (),
    on_click: ft.ControlEventHandler[ft.ListTile] | None = None,
) -> ft.Control:
    """A row of a list: what it is, what is known of it, what can be done with it."""
    return ft.ListTile(
        leading=icon,
        title=ft.Text(title),
        subtitle=ft.Text(facts) if facts else None,
        trailing=ft.Row(controls=list(actions), tight=True, spacing=0) if actions else None,
        on_click=on_click,
        content_padding=ft.Padding.symmetric(horizontal=4),
    )


def choice(label: str, options: Sequence[tuple[str, str]], value: str, *, about: str = "") -> ft.Dropdown:
    """One of several: each a value and what it is called."""
    return ft.Dropdown(
        label=label,
        value=value,
        options=[ft.DropdownOption(key=key, text=text) for key, text in options],
        helper_text=about or None,
        width=360,
        tooltip=label,
    )


def secret_field(label: str, *, hint: str = "", is_new: bool = False) -> ft.TextField:
    """A field for a password."""
    return ft.TextField(
        label=label,
        password=True,
        can_reveal_password=True,
        helper=hint or None,
        helper_max_lines=3,
        width=360,
        autofill_hints=ft.AutofillHint.NEW_PASSWORD if is_new else ft.AutofillHint.PASSWORD,
    )
