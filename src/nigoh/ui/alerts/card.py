"""One alert: whom it is about, why, and what can be done with it."""

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from nigoh.domain.access import Permission
from nigoh.domain.alert import OPEN_STATES, AlertAct, AlertState
from nigoh.ui.client.alerts import AlertInfo
from nigoh.ui.console import Console
from nigoh.ui.view import part
from nigoh.ui.words.alert_words import act_names, state_names, who_it_is, why

_FACE_PX = 72
_LOOKS = {
    AlertState.NEW: (ft.Colors.ERROR_CONTAINER, ft.Colors.ON_ERROR_CONTAINER),
    AlertState.ESCALATED: (ft.Colors.ERROR, ft.Colors.ON_ERROR),
    AlertState.ACKNOWLEDGED: (ft.Colors.TERTIARY_CONTAINER, ft.Colors.ON_TERTIARY_CONTAINER),
    AlertState.CONFIRMED: (ft.Colors.PRIMARY_CONTAINER, ft.Colors.ON_PRIMARY_CONTAINER),
}
_USUAL = (ft.Colors.SURFACE_CONTAINER_HIGHEST, ft.Colors.ON_SURFACE)

Act = Callable[[AlertInfo, AlertAct], Awaitable[None]]


def alert_card(console: Console, alert: AlertInfo, act: Act) -> ft.Control:
    """The alert as it stands in a list."""
    say = console.say
    facts = [
        ft.Text(who_it_is(say, alert), theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
        ft.Text(f"{alert.rule_name}: {why(say, alert)}"),
        ft.Text(
            " · ".join([say.moment(alert.raised_at), *alert.cameras]), color=ft.Colors.ON_SURFACE_VARIANT, size=13
        ),
        _state(console, alert),
        *(_steps(console, alert)),
        ft.Row(controls=_buttons(console, alert, act), wrap=True, spacing=8, run_spacing=4),
    ]
    return ft.Semantics(
        content=ft.Container(
            content=ft.Row(
                controls=[_face(console, alert), ft.Column(controls=facts, spacing=4, expand=True)],
                vertical_alignment=ft.CrossAxisAlignment.START,
                spacing=12,
            ),
            padding=12,
            border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
            border_radius=12,
        ),
        container=True,
        identifier=f"alert-{alert.id}",
    )


def _face(console: Console, alert: AlertInfo) -> ft.Control:
    if alert.sightings:
        return ft.Image(
            src=f"/api/v1/sightings/{part(alert.sightings[0])}/picture",
            width=_FACE_PX,
            height=_FACE_PX,
            fit=ft.BoxFit.COVER,
            border_radius=8,
            semantics_label=who_it_is(console.say, alert),
            error_content=ft.Icon(ft.Icons.PERSON, size=_FACE_PX * 0.6),
        )
    return ft.Container(
        content=ft.Icon(ft.Icons.PERSON_OFF, size=_FACE_PX * 0.6, color=ft.Colors.OUTLINE),
        width=_FACE_PX,
        height=_FACE_PX,
        alignment=ft.Alignment.CENTER,
    )


def _state(console: Console, alert: AlertInfo) -> ft.Control:
    back, ink = _LOOKS.get(alert.state, _USUAL)
    name = state_names(console.say)[alert.state]
    return ft.Row(
        controls=[
            ft.Container(
                content=ft.Text(name, size=12, color=ink),
                padding=ft.Padding.symmetric(horizontal=8, vertical=2),
                border_radius=10,
                bgcolor=back,
            )
        ]
    )


def _steps(console: Console, alert: AlertInfo) -> Sequence[ft.Control]:
    say, names = console.say, act_names(console.say)
    return [
        ft.Text(
            " · ".join(filter(None, (say.clock(step.at), step.actor, names[step.act], step.comment))),
            size=12,
            color=ft.Colors.ON_SURFACE_VARIANT,
        )
        for step in alert.steps
    ]


def _buttons(console: Console, alert: AlertInfo, act: Act) -> list[ft.Control]:
    found: list[ft.Control] = []
    if console.may(Permission.ALERTS_WRITE):
        acts: list[tuple[AlertAct, ft.IconData]] = []
        if alert.state in {AlertState.NEW, AlertState.ESCALATED}:
            acts.append((AlertAct.ACKNOWLEDGE, ft.Icons.FRONT_HAND_OUTLINED))
        if alert.state in OPEN_STATES:
            acts += [(AlertAct.CONFIRM, ft.Icons.CHECK), (AlertAct.REJECT, ft.Icons.CLOSE)]
        if alert.state in {AlertState.CONFIRMED, AlertState.REJECTED}:
            acts.append((AlertAct.CLOSE, ft.Icons.DONE_ALL))
        found += [_button(console, alert, each, icon, act) for each, icon in acts]
    if alert.sightings:
        route = f"/events/{part(alert.sightings[0])}"
        found.append(ft.TextButton(content=console.say("Show the sighting"), on_click=console.going(route)))
    return found


def _button(console: Console, alert: AlertInfo, kind: AlertAct, icon: ft.IconData, act: Act) -> ft.Control:
    async def do(_event: object) -> None:
        await act(alert, kind)

    name = act_names(console.say)[kind]
    return ft.OutlinedButton(content=name, icon=icon, on_click=console.doing(do))
