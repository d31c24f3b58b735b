"""A camera in the list."""

from collections.abc import Mapping

import flet as ft

from nigoh.ui.cameras.states import state_colour, state_icon, state_name
from nigoh.ui.client.cameras import CameraInfo, camera_route
from nigoh.ui.console import Console
from nigoh.ui.words.say import Say


def camera_row(console: Console, camera: CameraInfo, groups: Mapping[str, str]) -> ft.Control:
    """Its name, group, state with the reason, coverage; leads to it."""
    say = console.say
    state = camera.status.state if camera.status else None
    coverage = say.percent(camera.status.coverage) if camera.status else ""
    return ft.ListTile(
        key=camera.id,
        leading=ft.Icon(state_icon(state), color=state_colour(state), tooltip=state_text(say, camera)),
        title=ft.Text(camera.name, weight=ft.FontWeight.W_500),
        subtitle=ft.Text(" · ".join(filter(None, (state_line(say, camera), groups.get(camera.group or "", ""))))),
        trailing=ft.Text(coverage, tooltip=say("Share of the last minutes that was really watched")),
        on_click=console.going(camera_route(camera.name)),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        shape=ft.RoundedRectangleBorder(radius=12),
    )


def state_text(say: Say, camera: CameraInfo) -> str:
    """The state of a camera, in a word or two."""
    if not camera.enabled:
        return say("switched off")
    return state_name(say, camera.status.state) if camera.status else say("not watched by this server")


def state_line(say: Say, camera: CameraInfo) -> str:
    """The state, and why it is so."""
    status = camera.status
    reason = status.reason if status else ""
    return ": ".join(filter(None, (state_text(say, camera), reason)))
