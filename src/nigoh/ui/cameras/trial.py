"""Trying a camera: what it sends, its picture, what to change."""

from base64 import b64decode
from collections.abc import Callable

import flet as ft

from nigoh.ui.client.cameras import AdviceInfo, TrialInfo
from nigoh.ui.console import Console
from nigoh.ui.words.say import Say
from nigoh.video.camera_facts import AdviceKind

_WIDEST_PX = 640
_GOOD_FACE_PX = 60


class TrialPanel:
    """A button, and what came of it. Owner: the view that shows it.

    Args:
        console: of the browser.
        order: what is to be tried, as the API takes it, or what is missing.
    """

    def __init__(self, console: Console, order: Callable[[], dict[str, object] | str]) -> None:
        self._console = console
        self._order = order
        self._found = ft.Column(controls=[], spacing=8)

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        button = ft.OutlinedButton(
            content=say("Test the camera"), icon=ft.Icons.PLAY_CIRCLE, on_click=self._console.doing(self._try)
        )
        return ft.Column(controls=[button, self._found], spacing=12)

    async def _try(self, _event: object) -> None:
        say, order = self._console.say, self._order()
        if isinstance(order, str):
            self._console.tell(order)
            return
        self._put(
            ft.Row(controls=[ft.ProgressRing(width=24, height=24), ft.Text(say("Listening for a few seconds…"))])
        )
        try:
            trial = await self._console.api.post("/cameras/test", TrialInfo, order)
        except BaseException:
            self._put()
            raise
        self._put(*trial_controls(say, trial))

    def _put(self, *controls: ft.Control) -> None:
        self._found.controls = list(controls)
        self._console.refresh(self._found)


def trial_controls(say: Say, trial: TrialInfo) -> list[ft.Control]:
    """What is shown of a trial."""
    picture = ft.Image(
        src=b64decode(trial.picture),
        semantics_label=say("Picture of the camera"),
        fit=ft.BoxFit.CONTAIN,
        width=_WIDEST_PX,
        border_radius=8,
    )
    facts = [ft.Text(text) for text in stream_lines(say, trial)]
    advice = [
        ft.Row(
            controls=[
                ft.Icon(ft.Icons.LIGHTBULB_OUTLINE, color=ft.Colors.TERTIARY),
                ft.Text(advice_text(say, each, trial), expand=True),
            ]
        )
        for each in trial.advice
    ]
    well = ft.Row(
        controls=[
            ft.Icon(ft.Icons.CHECK_CIRCLE, color=ft.Colors.PRIMARY),
            ft.Text(say("Well set: nothing to change."), expand=True),
        ]
    )
    return [picture, *facts, *(advice or [well])]


def stream_lines(say: Say, trial: TrialInfo) -> list[str]:
    """What a camera sends, in words."""
    stream = trial.stream
    size = say(
        "{codec}, {width}x{height}, {fps} pictures a second, {rate} Mbit/s",
        codec=stream.codec.upper(),
        width=stream.width_px,
        height=stream.height_px,
        fps=say.number(stream.fps, 1),
        rate=say.number(stream.bits_per_s / 1e6, 2),
    )
    if trial.face_height_px is None:
        return [size, say("No face was seen.")]
    height = say.number(trial.face_height_px)
    return [size, say("Faces seen: {count}, about {height} px high", count=say.number(trial.faces), height=height)]


def advice_text(say: Say, advice: AdviceInfo, trial: TrialInfo) -> str:
    """A piece of advice in the operator's language."""
    stream = trial.stream
    return {
        AdviceKind.NO_FACE: say("Test again while somebody walks past at the usual distance."),
        AdviceKind.SMALL_FACES: say(
            "Faces are small: move or zoom the camera until they are {wanted} px high, or use its main stream.",
            wanted=_GOOD_FACE_PX,
        ),
        AdviceKind.COSTLY_CODEC: say(
            "{codec} costs more to receive: choose H.264 or H.265 at the camera.", codec=stream.codec.upper()
        ),
        AdviceKind.RARE_KEYFRAMES: say(
            "Keyframes are rare: set the I-frame interval to 1 or 2 seconds, and smart coding off."
        ),
        AdviceKind.LARGE_PICTURE: say("The picture is larger than faces need: 1920x1080 is enough."),
        AdviceKind.MANY_PICTURES: say("More pictures than needed: 10 to 15 a second are enough."),
    }[advice.kind]
