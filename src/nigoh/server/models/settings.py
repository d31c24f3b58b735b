"""Settings that are changed while nigoh runs, as JSON: with all that a form needs to ask for them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from nigoh.domain.setting import Applies, Origin, SettingState, SettingType
from nigoh.server.models.texts import ShortText

# Larger ones are none of them, and no database and no browser holds them exactly.
_Integer = Annotated[int, Field(ge=-(2**53), le=2**53)]
_Value = bool | int | float | str | None


class SettingBody(BaseModel):
    """What a setting is to be."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    value: Annotated[bool | _Integer | float | ShortText | None, Field(description="null: nigoh chooses.")]


class SettingModel(BaseModel):
    """A setting, what it may be, and what it is."""

    key: str = Field(description="Section and name in nigoh.toml.", examples=["watch.threshold"])
    section: str
    kind: SettingType = Field(description="How it is asked for.")
    title: str
    description: str
    unit: str = Field(description='Of a number, or "".')
    minimum: float | None
    maximum: float | None
    exclusive_minimum: bool = Field(description="The minimum itself is too small.")
    exclusive_maximum: bool = Field(description="The maximum itself is too large.")
    choices: list[str] = Field(description="Of a choice.")
    optional: bool = Field(description="It may be null: nigoh chooses.")
    default: _Value
    value: _Value = Field(description="What it is to be.")
    in_force: _Value = Field(description="What holds now; another value waits for the next start.")
    origin: Origin = Field(description="Where the value comes from: changed here, nigoh.toml, or neither.")
    applies: Applies = Field(description="When a change holds.")
    version: int = Field(description="0 for one that was never changed.")


class SettingList(BaseModel):
    """All settings."""

    items: list[SettingModel]


def setting_model(state: SettingState) -> SettingModel:
    """A setting as JSON."""
    field = state.field
    return SettingModel(
        key=field.key,
        section=field.section,
        kind=field.type,
        title=field.title,
        description=field.about,
        unit=field.unit,
        minimum=field.minimum,
        maximum=field.maximum,
        exclusive_minimum=field.above_minimum,
        exclusive_maximum=field.below_maximum,
        choices=list(field.choices),
        optional=field.optional,
        default=field.default,
        value=state.value,
        in_force=state.in_force,
        origin=state.origin,
        applies=field.applies,
        version=state.version,
    )
