"""Settings, as the API tells them: what each may be and what it is."""

from dataclasses import dataclass

from nigoh.domain.setting import Applies, Origin, SettingType, SettingValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingInfo:
    """A setting; the fields are those of the API."""

    key: str
    kind: SettingType
    title: str
    description: str
    unit: str
    minimum: float | None
    maximum: float | None
    exclusive_minimum: bool
    exclusive_maximum: bool
    choices: tuple[str, ...]
    optional: bool
    default: SettingValue
    value: SettingValue
    in_force: SettingValue
    origin: Origin
    applies: Applies
    version: int

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/settings/{self.key}"

    @property
    def etag(self) -> str:
        """The version that was read."""
        return f'"v{self.version}"'

    @property
    def waits(self) -> bool:
        """Whether what it is to be holds after the next start only."""
        return self.value != self.in_force


@dataclass(frozen=True, slots=True)
class SettingInfos:
    """`GET /settings`."""

    items: tuple[SettingInfo, ...]
