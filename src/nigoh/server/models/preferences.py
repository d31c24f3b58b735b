"""What users prefer of the console, as JSON."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from nigoh.domain.preferences import (
    LONGEST_TOUR_S,
    MOST_LAYOUT_CAMERAS,
    MOST_LAYOUTS,
    MOST_NAME_LETTERS,
    MOST_OTHER_LETTERS,
    MOST_OTHERS,
    MOST_SOUNDS,
    ConsoleLanguage,
    Navigation,
    Preferences,
    Sound,
    Theme,
    WallLayout,
)
from nigoh.domain.sighting import CameraId
from nigoh.server.models.texts import CameraName, storable

_Key = Annotated[str, Field(min_length=1, max_length=MOST_NAME_LETTERS), AfterValidator(storable)]
_OtherText = Annotated[str, Field(max_length=MOST_OTHER_LETTERS), AfterValidator(storable)]
# What a double holds exactly, as JSON's readers in browsers make doubles of all numbers.
_OtherNumber = Annotated[int, Field(ge=-(2**53), le=2**53)]


class WallLayoutModel(BaseModel):
    """Which cameras stand where on a wall of tiles."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: Annotated[_Key, Field(description="Unique among one's layouts.")]
    tiles: Annotated[Literal[1, 4, 9, 16, 25, 36], Field(description="How many there are, in a square.")]
    cameras: Annotated[
        list[CameraName | None],
        Field(
            max_length=MOST_LAYOUT_CAMERAS,
            description="Tile by tile from the upper left, null: empty. More of them than tiles are shown in turns.",
        ),
    ] = []
    tour_s: Annotated[
        float, Field(ge=0, le=LONGEST_TOUR_S, description="Seconds until the next are shown; 0: nothing turns.")
    ] = 0


class SoundModel(BaseModel):
    """What is heard."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: Annotated[str, Field(pattern="^[0-9a-z_-]{0,32}$", description='One of the console\'s; "": silence.')] = ""
    volume: Annotated[float, Field(ge=0, le=1)] = 1


def _named_apart(layouts: list[WallLayoutModel]) -> list[WallLayoutModel]:
    if len({layout.name for layout in layouts}) < len(layouts):
        raise ValueError("each layout has another name")
    return layouts


class PreferencesModel(BaseModel):
    """How somebody wants the console to be."""

    language: ConsoleLanguage
    theme: Theme
    seed_color: str = Field(description="What the console's colours are made from, #rrggbb.")
    navigation: Navigation
    layouts: list[WallLayoutModel]
    sounds: dict[str, SoundModel]
    other: dict[str, str | int | float | bool]


class PreferencesBody(BaseModel):
    """All of how somebody wants the console to be; what is left out is as it is for who never said."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    language: Annotated[ConsoleLanguage | None, Field(description="Left out or null: that of the account.")] = None
    theme: Theme = Theme.SYSTEM
    seed_color: Annotated[
        str, Field(pattern="^#[0-9a-fA-F]{6}$", description="What the console's colours are made from.")
    ] = Preferences().seed_color
    navigation: Navigation = Navigation.RAIL
    layouts: Annotated[
        list[WallLayoutModel],
        Field(max_length=MOST_LAYOUTS, description="Walls of live pictures."),
        AfterValidator(_named_apart),
    ] = []
    sounds: Annotated[
        dict[_Key, SoundModel],
        Field(
            max_length=MOST_SOUNDS,
            description="By the identifier of a watch list; for other occasions by a word of the console.",
        ),
    ] = {}
    other: Annotated[
        dict[_Key, _OtherText | bool | _OtherNumber | float],
        Field(max_length=MOST_OTHERS, description="What a console keeps besides, by names of its own."),
    ] = {}

    def value(self, language: ConsoleLanguage) -> Preferences:
        """What it means; `language` is the account's."""
        return Preferences(
            language=self.language or language,
            theme=self.theme,
            seed_color=self.seed_color.lower(),
            navigation=self.navigation,
            layouts=tuple(_layout(each) for each in self.layouts),
            sounds={key: Sound(each.name, each.volume) for key, each in self.sounds.items()},
            other=self.other,
        )


def preferences_model(found: Preferences) -> PreferencesModel:
    """Preferences as JSON."""
    return PreferencesModel.model_validate(found, from_attributes=True)


def _layout(layout: WallLayoutModel) -> WallLayout:
    cameras = tuple(None if each is None else CameraId(each) for each in layout.cameras)
    return WallLayout(name=layout.name, tiles=layout.tiles, cameras=cameras, tour_s=layout.tour_s)
