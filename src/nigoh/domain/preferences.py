"""How somebody wants the console to be: their language, colours, wall layouts and sounds."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nigoh.domain.language import Language
from nigoh.domain.sighting import CameraId

LAYOUT_TILES = (1, 4, 9, 16, 25, 36)
"""How many tiles a wall can have: a square of them."""

MOST_LAYOUTS = 32
MOST_LAYOUT_CAMERAS = 400
MOST_SOUNDS = 256
MOST_OTHERS = 64
MOST_NAME_LETTERS = 64
MOST_OTHER_LETTERS = 1024
LONGEST_TOUR_S = 3600.0

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SOUND = re.compile(r"[0-9a-z_-]{0,32}")


class ConsoleLanguage(StrEnum):
    """A language and script of the console."""

    UZBEK = "uz_Latn"
    UZBEK_CYRILLIC = "uz_Cyrl"
    RUSSIAN = "ru"
    ENGLISH = "en"

    @classmethod
    def of(cls, language: Language) -> "ConsoleLanguage":
        """The console's name of an account's language."""
        return _CONSOLE_LANGUAGE[language]


_CONSOLE_LANGUAGE = {
    Language.UZBEK: ConsoleLanguage.UZBEK,
    Language.UZBEK_CYRILLIC: ConsoleLanguage.UZBEK_CYRILLIC,
    Language.RUSSIAN: ConsoleLanguage.RUSSIAN,
    Language.ENGLISH: ConsoleLanguage.ENGLISH,
}


class Theme(StrEnum):
    """Light or dark; SYSTEM: as the device is."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class Navigation(StrEnum):
    """How one goes from view to view: a rail at the side, tabs, or everything on one page."""

    RAIL = "rail"
    TABS = "tabs"
    ONE_PAGE = "one_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class WallLayout:
    """Which cameras stand where on a wall of tiles.

    Attributes:
        name: unique among somebody's layouts, up to 64 characters.
        tiles: one of `LAYOUT_TILES`.
        cameras: tile by tile from the upper left, None: an empty tile; more than there are tiles are shown in turns.
        tour_s: seconds until the next of them are shown; 0: nothing turns.
    """

    name: str
    tiles: int
    cameras: tuple[CameraId | None, ...] = ()
    tour_s: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= MOST_NAME_LETTERS:
            raise ValueError(f"a layout's name has 1 to {MOST_NAME_LETTERS} characters")
        if self.tiles not in LAYOUT_TILES:
            raise ValueError(f"a layout has {', '.join(map(str, LAYOUT_TILES))} tiles")
        if len(self.cameras) > MOST_LAYOUT_CAMERAS:
            raise ValueError(f"a layout has at most {MOST_LAYOUT_CAMERAS} cameras")
        if not 0 <= self.tour_s <= LONGEST_TOUR_S:
            raise ValueError(f"a tour goes on after 0 to {LONGEST_TOUR_S:g} s")


@dataclass(frozen=True, slots=True)
class Sound:
    """What is heard.

    Attributes:
        name: one of the console's sounds, up to 32 of a-z, 0-9, _ and -; "": silence.
        volume: 0 to 1.
    """

    name: str = ""
    volume: float = 1.0

    def __post_init__(self) -> None:
        if not _SOUND.fullmatch(self.name):
            raise ValueError("a sound's name has up to 32 of a-z, 0-9, _ and -")
        if not 0 <= self.volume <= 1:
            raise ValueError("a volume is 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How one user wants the console to be.

    Attributes:
        language, theme, navigation: as they say.
        seed_color: that the console's colours are made from, "#rrggbb".
        layouts: walls of live pictures, each of another name.
        sounds: by the identifier of a watch list; for other occasions by a word of the console.
        other: what a console keeps besides, by a name of its own.
    """

    language: ConsoleLanguage = ConsoleLanguage.ENGLISH
    theme: Theme = Theme.SYSTEM
    seed_color: str = "#00696d"
    navigation: Navigation = Navigation.RAIL
    layouts: tuple[WallLayout, ...] = ()
    sounds: Mapping[str, Sound] = field(default_factory=dict)
    other: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.seed_color):
            raise ValueError("a colour is #rrggbb")
        if len({layout.name for layout in self.layouts}) < len(self.layouts):
            raise ValueError("each layout has another name")
        for kept, most, what in (
            (self.layouts, MOST_LAYOUTS, "layouts"),
            (self.sounds, MOST_SOUNDS, "sounds"),
            (self.other, MOST_OTHERS, "other preferences"),
        ):
            if len(kept) > most:
                raise ValueError(f"there are at most {most} {what}")
        if any(not 1 <= len(name) <= MOST_NAME_LETTERS for name in (*self.sounds, *self.other)):
            raise ValueError(f"a sound's or preference's key has 1 to {MOST_NAME_LETTERS} characters")
        if any(isinstance(value, str) and len(value) > MOST_OTHER_LETTERS for value in self.other.values()):
            raise ValueError(f"a preference has at most {MOST_OTHER_LETTERS} characters")

    def shown_to(self, sees: Callable[[CameraId], bool]) -> "Preferences":
        """The same with empty tiles in place of cameras that they may not see any more."""
        layouts = tuple(
            replace(
                layout, cameras=tuple(each if each is not None and sees(each) else None for each in layout.cameras)
            )
            for layout in self.layouts
        )
        return replace(self, layouts=layouts)
