"""Which clip shows a sighting, and when keys are commands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import flet as ft
import pytest

from nigoh.domain.records import Verdict
from nigoh.domain.sighting import Status
from nigoh.ui.client.sightings import ClipInfo, SightingInfo
from nigoh.ui.events.clip import best_clip
from nigoh.ui.events.keys import Command, Keys
from nigoh.ui.events.stream import older_ones

if TYPE_CHECKING:
    from nigoh.ui.console import Console

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def sighting(first_s: float, last_s: float) -> SightingInfo:
    return SightingInfo(
        id="01s", camera="gate", stage="left", status=Status.UNKNOWN, person=None, person_name=None, score=0.1,
        threshold=0.4, first_at=NOON + timedelta(seconds=first_s), last_at=NOON + timedelta(seconds=last_s), frames=3,
        quality=0.8, model="sface", candidates=(), has_picture=False, late=False, verdict=Verdict.NONE, verdict_by="",
        comment="", version=1,
    )  # fmt: skip


def clip(name: str, first_s: float, last_s: float) -> ClipInfo:
    return ClipInfo(name, "gate", NOON + timedelta(seconds=first_s), NOON + timedelta(seconds=last_s))


@pytest.mark.parametrize(
    ("clips", "best"),
    [
        ((clip("a", 0, 20), clip("b", 8, 40)), "b"),
        ((clip("b", 10, 40), clip("a", 5, 40)), "a"),
        ((clip("far", 0, 3), clip("over", 9, 31)), "over"),
    ],
)
def test_the_clip_that_shows_most_of_a_sighting_is_played(clips: tuple[ClipInfo, ...], best: str) -> None:
    assert best_clip(sighting(10, 30), clips).id == best


def rows(*seconds: float) -> list[SightingInfo]:
    return [replace(sighting(each, each + 1), id=f"s{each:g}") for each in seconds]


@pytest.mark.parametrize(
    ("newest", "shown", "kept"),
    [
        ((9, 8, 7), (8, 7, 6, 5), ["s6", "s5"]),
        ((9, 8, 7), (9, 8, 7), []),
        ((9, 8, 7), (5, 4), []),
        ((9, 8, 7), (), []),
        ((), (5, 4), []),
    ],
    ids=["one is new", "nothing is new", "some between are not known", "nothing was shown", "all are gone"],
)
def test_older_sightings_stay_below_newer_ones_without_a_gap(
    newest: tuple[float, ...], shown: tuple[float, ...], kept: list[str]
) -> None:
    assert [each.id for each in older_ones(rows(*newest), rows(*shown))] == kept


@dataclass
class Page:
    on_keyboard_event: object = None
    updates: int = 0

    def update(self) -> None:
        self.updates += 1


@dataclass
class Browser:
    """As much of a console as keys use."""

    page: Page = field(default_factory=Page)


def press(keys: Keys, key: str, *, shift: bool = False, ctrl: bool = False) -> None:
    page = cast("ft.Page", object())
    event = ft.KeyboardEvent("keyboard_event", page, key, shift, ctrl, False, False)  # noqa: FBT003 - Flet's own
    asyncio.run(keys.pressed(event))


def test_keys_are_commands_unless_somebody_types_or_holds_another_key() -> None:
    done: list[str] = []

    def command(name: str) -> Command:
        async def do() -> None:
            done.append(name)

        return Command(name, do)

    browser = Browser()
    keys = Keys(cast("Console", browser), {"A": command("acknowledge"), "?": command("help")})
    press(keys, "A")
    press(keys, "/", shift=True)
    press(keys, "/")
    press(keys, "A", ctrl=True)
    keys.hold()
    press(keys, "A")
    keys.release()
    keys.release()
    press(keys, "A")
    assert done == ["acknowledge", "help", "acknowledge"]


def test_a_view_that_is_left_takes_nothing_from_the_one_that_is_open() -> None:
    browser = Browser()
    old, new = (Keys(cast("Console", browser), {}) for _ in range(2))
    old.begin()
    new.begin()
    old.end()
    assert browser.page.on_keyboard_event == new.pressed
    new.end()
    assert browser.page.on_keyboard_event is None
