"""What `nigoh up` says on the terminal: a line a sighting, a line a change of a camera's state."""

import time
from collections.abc import Callable
from dataclasses import replace

from rich.text import Text

from nigoh.cli.terminal import output
from nigoh.cli.watch_table import STYLES
from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.camera_status import CameraStatus, LinkState
from nigoh.domain.camera_url import redact
from nigoh.domain.language import Words
from nigoh.domain.sighting import CameraId

_STATE_STYLES = {LinkState.WATCHING: "green", LinkState.RETRYING: "yellow", LinkState.LOST: "bold red"}
_UNDER_WAY = frozenset({LinkState.IDLE, LinkState.CONNECTING})


class UpLines:
    """Prints to standard output until that is closed. One thread."""

    def __init__(self, words: Words, *, quiet: bool) -> None:
        self._words = words
        self._is_open = not quiet
        self._shown: dict[CameraId, tuple[LinkState, str]] = {}

    def call(self, name_of: Callable[[str], str]) -> None:
        """What enrolled people are called from now on."""
        self._words = replace(self._words, name_of=name_of)

    def sighting(self, told: CameraSighting) -> None:
        """A sighting, when it appears and when it is decided anew."""
        if told.stage is not Stage.LEFT:
            self._print(sighting_line(told, self._words))

    def camera(self, status: CameraStatus) -> None:
        """A camera's state, unless it was the last that was said of it, or is on its way to the next."""
        gist = status.state, status.reason
        if status.state in _UNDER_WAY or self._shown.get(status.camera) == gist:
            return
        self._shown[status.camera] = gist
        self._print(camera_line(status))

    def _print(self, line: Text) -> None:
        if not self._is_open:
            return
        try:
            output.print(line)
            output.file.flush()
        except (OSError, ValueError):
            # Whoever read it has gone; the engine goes on.
            self._is_open = False


def sighting_line(told: CameraSighting, words: Words) -> Text:
    """When, where, who, how sure."""
    sighting = told.sighting
    line = Text(f"{clock_time(told.last_unix_s)}  {sighting.camera}  ")
    line.append(words.name(sighting.status, sighting.person, sighting.candidates), STYLES[sighting.status])
    line.append(f"  {sighting.score:.2f}  #{sighting.track}", "dim")
    return line.append("  late" if told.late else "", "dim")


def camera_line(status: CameraStatus) -> Text:
    """When, which camera, its state, why, what helps, when it is tried again."""
    line = Text(f"{clock_time(status.since_unix_s)}  {status.camera}  ")
    line.append(status.state.value, _STATE_STYLES.get(status.state, ""))
    if status.reason:
        line.append(f": {redact(status.reason)}")
    if status.next_step:
        line.append(f". {redact(status.next_step)}")
    if status.next_try_unix_s is not None:
        line.append(f" (next try {clock_time(status.next_try_unix_s)})", "dim")
    if status.state is LinkState.WATCHING and status.width_px:
        line.append(f" {status.codec} {status.width_px}x{status.height_px}", "dim")
    return line


def clock_time(unix_s: float) -> str:
    """Local time of day as HH:MM:SS."""
    return time.strftime("%H:%M:%S", time.localtime(unix_s))
