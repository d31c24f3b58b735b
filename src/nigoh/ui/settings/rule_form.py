"""The fields of a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import flet as ft

from nigoh.domain.rule import HolidayUse, RuleKind
from nigoh.domain.schedule import parse_hours
from nigoh.domain.sighting import Status
from nigoh.ui.client.rules import CompanyInfo, RuleDraft, WhomInfo
from nigoh.ui.console import Console
from nigoh.ui.settings.panel import choice
from nigoh.ui.words.alert_words import holiday_names, kind_names
from nigoh.ui.words.sighting_words import status_names

_MIN_S = 60.0
_HOUR_MIN = 60
_DAY_MIN = 24 * 60
_WIDTH = 360


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from.

    Attributes:
        lists: names of watch lists by identifier.
        cameras: names.
    """

    lists: Mapping[str, str]
    cameras: tuple[str, ...]


class RuleForm:
    """Shows a rule's fields, those of its kind alone; `read` gives the rule when they are all right.

    What has no field here, like zones and people named one by one, stays as it was.
    """

    def __init__(self, console: Console, draft: RuleDraft, choices: Choices) -> None:
        say = console.say
        self._console, self._draft = console, draft
        self._name = ft.TextField(label=say("Name"), value=draft.name, max_length=200, width=_WIDTH)
        self._enabled = ft.Switch(label=say("Holds"), value=draft.enabled)
        kinds = [(kind.value, text) for kind, text in kind_names(say).items()]
        self._kind = choice(say("What has to happen"), kinds, draft.kind.value)
        self._kind.on_select = self._kind_chosen
        self._statuses = _Ticks(
            say("Whose face"), {each.value: text for each, text in status_names(say).items()}, draft.whom.statuses
        )
        self._lists = _Ticks(say("On a watch list"), choices.lists, draft.whom.lists)
        with_lists = draft.company.whom.lists if draft.company else ()
        self._with = _Ticks(say("Together with somebody on"), choices.lists, with_lists)
        self._cameras = _Ticks(
            say("Cameras; none: all"), {each: each for each in choices.cameras}, draft.where.cameras
        )
        hint = say("For example mon-fri 08:00-18:00; several with a semicolon between them. Empty: always.")
        self._hours = ft.TextField(
            label=say("Hours"), value="; ".join(draft.when.hours), helper=hint, helper_max_lines=3, width=_WIDTH
        )
        holidays = [(use.value, text) for use, text in holiday_names(say).items()]
        self._holidays = choice(say("Holidays"), holidays, draft.when.holidays.value)
        self._score = _number(say("Least similarity, 0 to 1"), draft.evidence.score)
        self._cool_down = _number(say("Not again for, minutes"), draft.cool_down_s / _MIN_S)
        self._stays = _number(say("Stays longer than, minutes"), draft.stays_s / _MIN_S)
        self._times = _number(say("Visits"), draft.repeats.times)
        self._days = _number(say("In so many days"), draft.repeats.days)
        by = f"{draft.by_min // _HOUR_MIN:02}:{draft.by_min % _HOUR_MIN:02}"
        self._by = ft.TextField(label=say("Expected by, as 09:00"), value=by, width=_WIDTH)
        self._priority = _number(say("Priority"), draft.handling.priority)
        self._two = ft.Switch(label=say("Two people have to confirm it"), value=draft.handling.confirmations > 1)
        self._escalate = _number(say("Escalate after, minutes; 0: never"), draft.handling.escalate_s / _MIN_S)
        self._show_kind()

    def controls(self) -> list[ft.Control]:
        """What is shown."""
        return [
            self._name,
            self._enabled,
            self._kind,
            self._statuses.build(),
            self._lists.build(),
            self._with.build(),
            self._times,
            self._days,
            self._stays,
            self._by,
            self._cameras.build(),
            self._hours,
            self._holidays,
            self._score,
            self._cool_down,
            self._priority,
            self._two,
            self._escalate,
        ]

    def read(self) -> RuleDraft | None:
        """The rule; None: something is wrong, and is said beside it."""
        say, draft = self._console.say, self._draft
        name = (self._name.value or "").strip()
        self._name.error = None if name else say("A rule has a name.")
        hours = [part.strip() for part in (self._hours.value or "").split(";") if part.strip()]
        self._hours.error = (
            None if all(_is_hours(each) for each in hours) else say("Write, for example, mon-fri 08:00-18:00.")
        )
        by_min = _minutes(self._by.value or "")
        self._by.error = None if by_min is not None else say("Write a time of day, as 09:00.")
        numbers = {field: _value(field) for field in self._numbers()}
        for field, value in numbers.items():
            field.error = None if value is not None else say("A number that is not below 0.")
        fields = [self._name, self._hours, self._by, *numbers]
        for each in fields:
            self._console.refresh(each)
        if any(each.error for each in fields):
            return None
        kind = RuleKind(self._kind.value or RuleKind.SEEN)
        whom = replace(
            draft.whom,
            statuses=tuple(Status(each) for each in self._statuses.chosen()),
            lists=self._lists.chosen(),
        )
        company = CompanyInfo(WhomInfo(lists=self._with.chosen())) if kind is RuleKind.TOGETHER else draft.company
        got = {field: value or 0.0 for field, value in numbers.items()}
        return replace(
            draft,
            name=name,
            kind=kind,
            enabled=bool(self._enabled.value),
            whom=whom,
            where=replace(draft.where, cameras=self._cameras.chosen()),
            when=replace(
                draft.when, hours=tuple(hours), holidays=HolidayUse(self._holidays.value or HolidayUse.USUAL)
            ),
            evidence=replace(draft.evidence, score=got[self._score]),
            cool_down_s=got[self._cool_down] * _MIN_S,
            stays_s=max(got[self._stays] * _MIN_S, 1.0),
            repeats=replace(draft.repeats, times=int(got[self._times]), days=got[self._days]),
            company=company,
            by_min=by_min or draft.by_min,
            handling=replace(
                draft.handling,
                priority=int(got[self._priority]),
                confirmations=2 if self._two.value else 1,
                escalate_s=got[self._escalate] * _MIN_S,
            ),
        )

    def _numbers(self) -> tuple[ft.TextField, ...]:
        return (
            self._score,
            self._cool_down,
            self._stays,
            self._times,
            self._days,
            self._priority,
            self._escalate,
        )

    async def _kind_chosen(self, _event: object) -> None:
        self._show_kind()
        self._console.page.update()

    def _show_kind(self) -> None:
        kind = self._kind.value
        self._with.show(kind == RuleKind.TOGETHER)
        self._times.visible = self._days.visible = kind == RuleKind.REPEATED
        self._stays.visible = kind == RuleKind.STAYS
        self._by.visible = kind == RuleKind.MISSING


class _Ticks:
    """Some of several, as chips that are pressed."""

    def __init__(self, title: str, names: Mapping[str, str], chosen: tuple[str, ...]) -> None:
        self._chips = {
            key: ft.Chip(label=name, selected=key in chosen, on_select=_keep) for key, name in names.items()
        }
        self._box = ft.Column(
            controls=[
                ft.Text(title, theme_style=ft.TextThemeStyle.LABEL_LARGE),
                ft.Row(controls=list(self._chips.values()), wrap=True, spacing=8, run_spacing=4),
            ],
            spacing=4,
        )

    def build(self) -> ft.Control:
        return self._box

    def show(self, is_shown: bool) -> None:
        self._box.visible = is_shown

    def chosen(self) -> tuple[str, ...]:
        return tuple(key for key, chip in self._chips.items() if chip.selected)


def _keep(_event: object) -> None:
    """Flet keeps what was pressed; without a handler a chip cannot be pressed."""


def _number(label: str, value: float) -> ft.TextField:
    return ft.TextField(label=label, value=f"{value:g}", width=_WIDTH)


def _value(field: ft.TextField) -> float | None:
    try:
        found = float((field.value or "").strip().replace(",", "."))
    except ValueError:
        return None
    return found if found >= 0 else None


def _minutes(text: str) -> int | None:
    hour, colon, minute = text.strip().partition(":")
    if not colon or not hour.isdecimal() or not minute.isdecimal():
        return None
    found = int(hour) * _HOUR_MIN + int(minute)
    return found if 0 < found <= _DAY_MIN and int(minute) < _HOUR_MIN else None


def _is_hours(text: str) -> bool:
    try:
        parse_hours(text)
    except ValueError:
        return False
    return True
