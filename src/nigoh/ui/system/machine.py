"""What is kept where, and what nigoh stands on: libraries, models with their licences, devices."""

import asyncio

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.system import DeviceFact, Kept, ModelFact, Storage, Versions
from nigoh.ui.console import Console
from nigoh.ui.controls.selectable import selectable
from nigoh.ui.controls.states import loading
from nigoh.ui.settings.panel import line, panel
from nigoh.ui.words.say import Say

_LITTLE_ROOM = 0.1
_DIGEST_LETTERS = 12


class StoragePart:
    """What is kept where, and the room that is left."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._body = ft.Column(controls=[loading(console.say)], spacing=16)

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Ask."""
        found = await self._console.api.get("/system/storage", Storage)
        say = self._console.say
        about = say("Sizes are up to five minutes old.")
        self._body.controls = [panel(say("What is kept"), about, [self._line(each) for each in found.items])]
        self._console.refresh(self._body)

    def _line(self, kept: Kept) -> ft.Control:
        say = self._console.say
        facts = [kept.place]
        is_tight = False
        if kept.free_bytes is not None and kept.disk_bytes:
            is_tight = kept.free_bytes / kept.disk_bytes < _LITTLE_ROOM
            room = say(
                "{free} of {all} are free there", free=say.size(kept.free_bytes), all=say.size(kept.disk_bytes)
            )
            facts.append(room)
        size = "—" if kept.size_bytes is None else say.size(kept.size_bytes)
        icon = ft.Icon(ft.Icons.WARNING_AMBER, color=ft.Colors.ERROR) if is_tight else ft.Icon(ft.Icons.STORAGE)
        return line(f"{_kept_name(say, kept.what)}: {size}", icon, facts="\n".join(facts))


class VersionsPart:
    """Libraries, models, devices; and the file for whoever helps."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._body = ft.Column(controls=[loading(console.say)], spacing=16)

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Ask."""
        found = await self._console.api.get("/system/versions", Versions)
        say = self._console.say
        rows = ft.Column(
            controls=[selectable(f"{name} {version}") for name, version in found.libraries.items()],
            spacing=2,
        )
        self._body.controls = [
            *([self._support()] if self._console.may(Permission.SETTINGS_WRITE) else []),
            models_panel(say, found.models),
            devices_panel(say, found.devices),
            panel(say("Libraries"), "", [rows]),
        ]
        self._console.refresh(self._body)

    def _support(self) -> ft.Control:
        say = self._console.say
        take = ft.FilledTonalButton(
            content=say("Take the support file"), icon=ft.Icons.DOWNLOAD, on_click=self._console.doing(self._take)
        )
        about = say(
            "A ZIP for whoever helps you: status, versions, settings, the doctor's report and the log. It holds no"
            " password, no name of a person and no picture. That you took it is written down."
        )
        return panel(say("Support"), about, [take])

    async def _take(self, _event: object) -> None:
        self._console.tell(self._console.say("The file is being made; that takes some seconds."))
        await ft.UrlLauncher().launch_url(
            f"{self._console.visit.origin}/api/v1/system/support", web_only_window_name="_self"
        )
        await asyncio.sleep(0)


def models_panel(say: Say, models: tuple[ModelFact, ...]) -> ft.Control:
    """Models and their licences, those in use first."""
    about = say("What finds and describes faces. Whether a licence permits commercial use stands beside it.")
    ordered = sorted(models, key=lambda each: (not each.is_used, each.state != "present", each.name))
    return panel(say("Models"), about, [_model(say, each) for each in ordered])


def devices_panel(say: Say, devices: tuple[DeviceFact, ...]) -> ft.Control:
    """What models can run on."""
    about = say("A small model was really run on each device that works. nigoh.toml says which one is used.")
    return panel(say("Devices"), about, [_device(say, each) for each in devices])


def _model(say: Say, model: ModelFact) -> ft.Control:
    use = say("commercial use permitted") if model.is_commercial else say("no commercial use")
    kinds = {"detector": say("finds faces"), "embedder": say("describes faces")}
    states = {
        "present": say("is here"),
        "missing": say("is not here"),
        "changed": say("its file was changed"),
        "needs acceptance": say("its licence has to be accepted"),
    }
    facts = [
        f"{kinds.get(model.kind, model.kind)}, {states.get(model.state, model.state)}",
        f"{model.licence}: {use}",
        f"SHA-256 {model.sha256[:_DIGEST_LETTERS]}…",
    ]
    icon = ft.Icon(
        ft.Icons.CHECK_CIRCLE if model.is_used else ft.Icons.CIRCLE_OUTLINED,
        color=ft.Colors.PRIMARY if model.is_used else ft.Colors.OUTLINE,
    )
    title = f"{model.name} {model.version}"
    return line(say("{name}: in use", name=title) if model.is_used else title, icon, facts="\n".join(facts))


def _device(say: Say, device: DeviceFact) -> ft.Control:
    name = " ".join(filter(None, (device.runtime, device.name)))
    icon = (
        ft.Icon(ft.Icons.CHECK_CIRCLE, color=ft.Colors.PRIMARY)
        if device.works
        else ft.Icon(ft.Icons.REMOVE_CIRCLE_OUTLINE, color=ft.Colors.OUTLINE)
    )
    facts = device.description or (say("is not in this machine") if not device.problem else device.problem)
    return line(say("{name}: in use", name=name) if device.is_used else name, icon, facts=facts)


def _kept_name(say: Say, what: str) -> str:
    return {
        "database": say("Database"),
        "pictures": say("Pictures"),
        "recordings": say("Recordings"),
        "spools": say("Sightings on their way"),
    }.get(what, what)
