"""A setting that is changed while nigoh runs: what it may be, what it is, and where that comes from."""

from dataclasses import dataclass
from enum import StrEnum

SettingValue = bool | int | float | str | None
"""What a setting is; None: nigoh chooses."""


class SettingType(StrEnum):
    """How a setting is written."""

    SWITCH = "switch"
    INTEGER = "integer"
    NUMBER = "number"
    CHOICE = "choice"


class Applies(StrEnum):
    """When a change holds."""

    AT_ONCE = "at once"
    AFTER_RESTART = "after restart"


class Origin(StrEnum):
    """Where a value comes from: it was changed while nigoh ran, stands in nigoh.toml, or neither."""

    DATABASE = "database"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingField:
    """A setting that there is.

    Attributes:
        key: section and name in nigoh.toml, as in "watch.threshold".
        type: how it is written.
        title: what it is called.
        about: what it is for, one sentence.
        unit: of a number, or "".
        minimum, maximum: bounds of a number, or None.
        above_minimum, below_maximum: the bound itself is outside.
        choices: the words of a choice.
        optional: it may be None.
        default: what it is if nobody says anything.
        applies: when a change holds.
    """

    key: str
    type: SettingType
    title: str
    about: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above_minimum: bool = False
    below_maximum: bool = False
    choices: tuple[str, ...] = ()
    optional: bool = False
    default: SettingValue = None
    applies: Applies = Applies.AFTER_RESTART

    @property
    def section(self) -> str:
        """Of nigoh.toml."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """Within its section."""
        return self.key.partition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingState:
    """A setting as it is.

    Attributes:
        field: which one.
        value: what it is to be.
        in_force: what holds now; another value waits for the next start.
        origin: where `value` comes from.
        version: grows with each change; 0 for one that was never changed.
    """

    field: SettingField
    value: SettingValue
    in_force: SettingValue
    origin: Origin
    version: int
