"""How a camera is, why, and how it was lately."""

import flet as ft

from nigoh.ui.cameras.rows import state_text
from nigoh.ui.cameras.states import state_colour, state_icon, state_name
from nigoh.ui.client.cameras import CameraInfo, LinkChange, LinkChanges, StatusInfo, camera_path
from nigoh.ui.console import Console
from nigoh.ui.settings.panel import panel

_MOST_SHOWN = 20


class HealthPanel:
    """State, reason, what helps, what it sends, coverage, history. Owner: the view that shows it."""

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        self._name = name
        self._now = ft.Column(controls=[], spacing=6)
        self._past = ft.Column(controls=[], spacing=2)
        self._shown: object = None

    def build(self) -> ft.Control:
        """What is shown."""
        return panel(self._console.say("Health"), "", [self._now, self._past])

    async def show(self, camera: CameraInfo) -> None:
        """It is so now."""
        past = await self._console.api.get(f"{camera_path(self._name)}/history", LinkChanges)
        if (camera.status, camera.enabled, past) == self._shown:
            return
        self._shown = (camera.status, camera.enabled, past)
        state = camera.status.state if camera.status else None
        head = ft.Row(
            controls=[
                ft.Icon(state_icon(state), color=state_colour(state)),
                ft.Text(state_text(self._console.say, camera), weight=ft.FontWeight.W_500, expand=True),
            ]
        )
        facts = [ft.Text(text) for text in self._facts(camera.status)] if camera.status else []
        self._now.controls = [head, *facts]
        self._past.controls = self._history(past.items)
        self._console.refresh(self._now)
        self._console.refresh(self._past)

    def _facts(self, status: StatusInfo) -> list[str]:
        say = self._console.say
        lines = [". ".join(filter(None, (status.reason, status.next_step)))]
        if status.next_try_at is not None:
            lines.append(say("Tried again at {time}", time=say.clock(status.next_try_at)))
        lines.append(say("Since {time}", time=say.moment(status.since_at)))
        if status.codec:
            lines.append(
                say(
                    "{codec}, {width}x{height}, {fps} pictures a second",
                    codec=status.codec.upper(),
                    width=status.width_px,
                    height=status.height_px,
                    fps=say.number(status.fps, 1),
                )
            )
        lines.append(say("Really watched of the last minutes: {share}", share=say.percent(status.coverage)))
        if status.recording:
            lines.append(say("Recording: {state}", state=status.recording))
        return [line for line in lines if line]

    def _history(self, changes: tuple[LinkChange, ...]) -> list[ft.Control]:
        say = self._console.say
        if not changes:
            return []
        rows = [
            ft.Row(
                controls=[
                    ft.Icon(state_icon(each.state), color=state_colour(each.state), size=18),
                    ft.Text(say.moment(each.at)),
                    ft.Text(": ".join(filter(None, (state_name(say, each.state), each.reason))), expand=True),
                ],
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
            for each in changes[:_MOST_SHOWN]
        ]
        return [ft.Text(say("Lately"), theme_style=ft.TextThemeStyle.TITLE_SMALL), *rows]
