"""The fields of a camera: where it is and how it is watched."""

from collections.abc import Sequence

import flet as ft

from nigoh.domain.camera import Mode, Record
from nigoh.domain.schedule import parse_hours
from nigoh.ui.cameras.address import full_address
from nigoh.ui.cameras.words import mode_name, priority_name, record_name
from nigoh.ui.client.cameras import CameraInfo, GroupInfo, PriorityName
from nigoh.ui.words.say import Say

_PRIORITIES: tuple[PriorityName, ...] = ("low", "normal", "high")
_MOST_NAME = 64
_WIDTH_PX = 360
_USUAL = ""


class AddressFields:
    """Name, address, user, password. Owner: the view that shows them.

    Args:
        say: the operator's words.
        of: the camera that is changed; None: a new one.
    """

    def __init__(self, say: Say, of: CameraInfo | None = None) -> None:
        self.say = say
        self._of = of
        self.name = ft.TextField(
            label=say("Name"), max_length=_MOST_NAME, value="" if of is None else of.name, read_only=of is not None
        )
        kept = (
            say("Now {url}. Leave it empty to keep it.", url=of.url) if of else say("As in rtsp://10.0.0.5/stream1")
        )
        self.url = ft.TextField(label=say("Address"), helper=kept, autocorrect=False)
        self.user = ft.TextField(label=say("User of the camera"), autocorrect=False)
        self.password = ft.TextField(label=say("Password of the camera"), password=True, can_reveal_password=True)
        self.transport = ft.Dropdown(
            label=say("Transport"),
            tooltip=say("How the camera sends"),
            value=of.transport if of else "tcp",
            options=[ft.DropdownOption(key="tcp", text="TCP"), ft.DropdownOption(key="udp", text="UDP")],
        )

    def build(self) -> ft.Control:
        """What is shown."""
        fields = [self.name, self.url, self.user, self.password, self.transport]
        return ft.ResponsiveRow(
            controls=[ft.Container(content=each, col={"xs": 12, "md": 6}) for each in fields], run_spacing=12
        )

    @property
    def address(self) -> str:
        """With user and password."""
        return full_address(self.url.value or "", self.user.value or "", self.password.value or "")

    def complaint(self) -> str:
        """What is missing, or ""."""
        if self._of is None and not (self.name.value or "").strip():
            return self.say("Give the camera a name.")
        if self._of is None and not self.address:
            return self.say("Give the address of the camera.")
        if self._of is not None and not self.address and (self.user.value or "").strip():
            return self.say("Type the address, too: user and password are kept with it.")
        return ""

    def body(self) -> dict[str, object]:
        """As the API takes it."""
        told: dict[str, object] = {"transport": self.transport.value or "tcp"}
        if self._of is None:
            told["name"] = (self.name.value or "").strip()
        if self.address:
            told["url"] = self.address
        return told


class WatchingFields:
    """Mode, rates, priority, recording, schedule, group. Owner: the view that shows them.

    Args:
        say: the operator's words.
        groups: to choose from.
        of: the camera that is changed; None: a new one, of which what is not said is as the settings have it.
    """

    def __init__(self, say: Say, groups: Sequence[GroupInfo], of: CameraInfo | None = None) -> None:
        self.say = say
        self._of = of
        usual = [] if of else [ft.DropdownOption(key=_USUAL, text=say("As usual"))]
        self._mode = self._choice(say("Mode"), usual, [(each.value, mode_name(say, each)) for each in Mode])
        self._record = self._choice(
            say("Recording"), usual, [(each.value, record_name(say, each)) for each in Record]
        )
        self._priority = self._choice(
            say("Priority"), usual, [(each, priority_name(say, each)) for each in _PRIORITIES]
        )
        self._group = self._choice(
            say("Group"),
            [ft.DropdownOption(key=_USUAL, text=say("No group"))],
            [(each.id, each.name) for each in groups],
        )
        self._numbers = {
            "fps": self._number(say("Looks a second while something moves")),
            "burst_fps": self._number(say("Looks a second while a face has no name")),
            "still_s": self._number(say("Seconds between looks at a still scene")),
            "least_fps": self._number(say("Looks a second even under overload")),
        }
        self._schedule = ft.TextField(
            label=say("Schedule"),
            helper=say("A line each, as in mon-fri 08:00-18:00. Empty: always."),
            multiline=True,
            min_lines=1,
            max_lines=6,
        )
        self._enabled = ft.Switch(label=say("This camera is watched"), value=of.enabled if of else True)
        self._show(of)

    def build(self) -> ft.Control:
        """What is shown."""
        fields = [self._mode, self._priority, self._record, self._group, *self._numbers.values(), self._schedule]
        return ft.Column(
            controls=[
                self._enabled,
                ft.ResponsiveRow(
                    controls=[ft.Container(content=each, col={"xs": 12, "md": 6}) for each in fields], run_spacing=12
                ),
            ],
            spacing=12,
        )

    def complaint(self) -> str:
        """What is wrong, or ""."""
        for field in self._numbers.values():
            text = (field.value or "").strip().replace(",", ".")
            try:
                is_fine = not text or 0 < float(text) <= 1000
            except ValueError:
                is_fine = False
            field.error = None if is_fine else self.say("A number above 0.")
            if not is_fine:
                return self.say("{field}: a number above 0.", field=str(field.label))
        try:
            for text in self._lines():
                parse_hours(text)
        except ValueError as error:
            return str(error)
        return ""

    def body(self) -> dict[str, object]:
        """As the API takes it; what was left as usual is left out."""
        told: dict[str, object] = {"enabled": bool(self._enabled.value), "group": self._group.value or None}
        for name, choice in (("mode", self._mode), ("record", self._record), ("priority", self._priority)):
            if choice.value:
                told[name] = choice.value
        for name, field in self._numbers.items():
            if text := (field.value or "").strip().replace(",", "."):
                told[name] = float(text)
        if self._of is not None or self._lines():
            told["schedule"] = self._lines()
        return told

    def _lines(self) -> list[str]:
        return [line.strip() for line in (self._schedule.value or "").splitlines() if line.strip()]

    def _show(self, of: CameraInfo | None) -> None:
        if of is None:
            for each in (self._mode, self._record, self._priority, self._group):
                each.value = _USUAL
            return
        self._mode.value, self._record.value, self._priority.value = of.mode.value, of.record.value, of.priority
        self._group.value = of.group or _USUAL
        for name, field in self._numbers.items():
            field.value = f"{getattr(of, name):g}"
        self._schedule.value = "\n".join(of.schedule)

    def _choice(
        self, label: str, first: Sequence[ft.DropdownOption], options: Sequence[tuple[str, str]]
    ) -> ft.Dropdown:
        named = [ft.DropdownOption(key=key, text=text) for key, text in options]
        return ft.Dropdown(label=label, tooltip=label, options=[*first, *named], width=_WIDTH_PX)

    def _number(self, label: str) -> ft.TextField:
        return ft.TextField(label=label, keyboard_type=ft.KeyboardType.NUMBER, hint_text=self.say("As usual"))
