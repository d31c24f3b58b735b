"""States of cameras, in words, colours and signs."""

import flet as ft

from nigoh.domain.camera_status import LinkState
from nigoh.ui.words.say import Say


def state_name(say: Say, state: LinkState) -> str:
    """What a state is called."""
    return {
        LinkState.IDLE: say("not begun"),
        LinkState.CONNECTING: say("connecting"),
        LinkState.WATCHING: say("watching"),
        LinkState.RETRYING: say("not reached, tried again"),
        LinkState.RESTING: say("resting by its schedule"),
        LinkState.LOST: say("its process is being replaced"),
    }[state]


def state_icon(state: LinkState | None) -> ft.IconData:
    """A sign beside the colour, for who does not tell colours apart."""
    return {
        LinkState.IDLE: ft.Icons.HOURGLASS_EMPTY,
        LinkState.CONNECTING: ft.Icons.SYNC,
        LinkState.WATCHING: ft.Icons.VIDEOCAM,
        LinkState.RETRYING: ft.Icons.VIDEOCAM_OFF,
        LinkState.RESTING: ft.Icons.BEDTIME,
        LinkState.LOST: ft.Icons.ERROR,
        None: ft.Icons.PAUSE_CIRCLE,
    }[state]


def state_colour(state: LinkState | None) -> ft.Colors:
    """Of the sign."""
    if state is LinkState.WATCHING:
        return ft.Colors.PRIMARY
    return ft.Colors.ERROR if state in {LinkState.RETRYING, LinkState.LOST} else ft.Colors.OUTLINE
