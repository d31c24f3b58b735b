"""Sections of what the engine does: recognition, cameras, recording and retention, models, devices."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.settings import SettingInfo
from nigoh.ui.client.system import Versions
from nigoh.ui.console import Console
from nigoh.ui.controls.states import loading
from nigoh.ui.settings.panel import panel, stack
from nigoh.ui.settings.setting_form import Group, SettingForm
from nigoh.ui.system.machine import devices_panel, models_panel
from nigoh.ui.view import Place

_RECOGNITION = (
    Group(
        lambda say: say("When a face gets a name"),
        lambda say: say("Fewer false alarms mean that more people are missed, and the other way round."),
        ("watch.",),
    ),
    Group(lambda say: say("Finding faces"), lambda _say: "", ("vision.",)),
)
_CAMERAS = (
    Group(
        lambda say: say("New cameras"),
        lambda say: say("What is not said when a camera is added. Cameras that are there keep what they have."),
        ("cameras_default.",),
    ),
)
_KEEPING = (
    Group(
        lambda say: say("How long things are kept"),
        lambda say: say("What is older goes by itself within the hour."),
        (
            "privacy.store_unknown",
            "privacy.unknown_days",
            "privacy.sightings_days",
            "privacy.crops_days",
            "privacy.clips_days",
            "privacy.events_days",
        ),
    ),
    Group(
        lambda say: say("When somebody is erased"),
        lambda _say: "",
        ("privacy.erased_sightings", "privacy.erased_clips"),
    ),
    Group(lambda say: say("Recording"), lambda _say: "", ("recording.",)),
)
_MACHINE = (Group(lambda say: say("Sharing the machine"), lambda _say: "", ("engine.", "late_faces.")),)


@dataclass(frozen=True, slots=True)
class _Count:
    number: int
    exact: bool


class _FormSection:
    """A section that is a form."""

    _groups: tuple[Group, ...] = ()

    def __init__(self, console: Console, here: Place) -> None:
        del here
        self._console = console
        self._form = SettingForm(console, self._groups)
        self._body = stack([loading(console.say)])

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Ask for the settings."""
        await self._form.load()
        self._body.controls = [self._form.control]
        self._console.refresh(self._body)


class CamerasSection(_FormSection):
    """What new cameras are like."""

    _groups = _CAMERAS


class KeepingSection(_FormSection):
    """Recording and retention."""

    _groups = _KEEPING


class RecognitionSection(_FormSection):
    """When a face gets a name; with what that would have meant lately."""

    _groups = _RECOGNITION

    async def open(self) -> None:
        """Ask for the settings, and for how many faces were seen."""
        found = await self._form.load()
        self._body.controls = [*await self._expectation(found), self._form.control]
        self._console.refresh(self._body)

    async def _expectation(self, found: dict[str, SettingInfo]) -> list[ft.Control]:
        """How many false alarms a day are to be expected, in faces of the last day; nothing if nobody can say."""
        share = found["watch.false_alarms"].in_force if "watch.false_alarms" in found else None
        by_score = "watch.threshold" in found and found["watch.threshold"].in_force is not None
        if by_score or not isinstance(share, float) or not self._console.may(Permission.SIGHTINGS_READ):
            return []
        say, since = self._console.say, self._console.now() - timedelta(days=1)
        count = await self._console.api.get("/sightings/count", _Count, {"since": since, "status": "unknown"})
        text = say(
            "In the last 24 hours {count} faces of strangers were seen. At this setting about {alarms} of so many get"
            " a name by mistake each day.",
            count=say.number(count.number),
            alarms=say.number(share * count.number, 1),
        )
        return [panel(say("Expected false alarms"), "", [ft.Text(text)])]


class ModelsSection:
    """Models and their licences."""

    def __init__(self, console: Console, here: Place) -> None:
        del here
        self._console = console
        self._body = stack([loading(console.say)])

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Ask."""
        found = await self._console.api.get("/system/versions", Versions)
        say = self._console.say
        note = say(
            "Which models are used stands in nigoh.toml, under [vision]; another embedder needs the photos anew."
        )
        self._body.controls = [models_panel(say, found.models), ft.Text(note)]
        self._console.refresh(self._body)


class DevicesSection(_FormSection):
    """What models run on, and how the machine is shared."""

    _groups = _MACHINE

    async def open(self) -> None:
        """Ask."""
        found, _ = await asyncio.gather(self._console.api.get("/system/versions", Versions), self._form.load())
        self._body.controls = [devices_panel(self._console.say, found.devices), self._form.control]
        self._console.refresh(self._body)
