"""Reads a manifest of models strictly: a key too many or too few is an error that names file, entry and key."""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from nigoh.domain.operating_point import OperatingPoint
from nigoh.errors import ConfigError
from nigoh.vision.model_entry import (
    Colour,
    FolderOrigin,
    InputContract,
    ModelEntry,
    ModelKind,
    Origin,
    PackageOrigin,
    WebOrigin,
)

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_WORDS: Mapping[type, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def read_manifest(text: str, file: str) -> tuple[ModelEntry, ...]:
    """The models of a TOML manifest, in its order.

    Args:
        text: the manifest.
        file: its name, for messages.

    Raises:
        ConfigError: names the file, the entry and the key.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not TOML: {error}", "Correct the file.") from error
    table = _Table(document, file)
    models = table.take("model", list)
    table.refuse_others()
    return tuple(_entry(_Table(model, f"{file}, model {number}")) for number, model in enumerate(models, start=1))


class _Table:
    """A TOML table from which each key is taken once, with its type; what is left over is unknown."""

    def __init__(self, values: object, where: str) -> None:
        self.where = where
        if not isinstance(values, dict):
            raise self.wrong("is not a table")
        self._left: dict[str, object] = dict(values)

    def wrong(self, what: str) -> ConfigError:
        return ConfigError(f"{self.where}: {what}", "Correct the manifest.")

    def names(self) -> tuple[str, ...]:
        return tuple(self._left)

    def take_any(self, key: str) -> object:
        if key not in self._left:
            raise self.wrong(f"the key '{key}' is missing")
        return self._left.pop(key)

    def take(self, key: str, kind: type[T]) -> T:
        value = self.take_any(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(f"'{key}' is not {_WORDS[kind]}, but {value!r}")
        return value

    def take_number(self, key: str) -> float:
        value = self.take_any(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(f"'{key}' is not a number, but {value!r}")
        return float(value)

    def take_match(self, key: str, pattern: re.Pattern[str], wanted: str) -> str:
        value = self.take(key, str)
        if not pattern.fullmatch(value):
            raise self.wrong(f"'{key}' is not {wanted}, but {value!r}")
        return value

    def take_choice(self, key: str, choices: type[Choice]) -> Choice:
        value = self.take(key, str)
        if value not in list(choices):
            raise self.wrong(f"'{key}' is not one of {', '.join(choices)}, but {value!r}")
        return choices(value)

    def take_table(self, key: str) -> "_Table":
        return _Table(self.take_any(key), f"{self.where}, {key}")

    def refuse_others(self) -> None:
        if self._left:
            raise self.wrong(f"the key '{next(iter(self._left))}' is unknown")


def _entry(table: _Table) -> ModelEntry:
    name = table.take_match("name", _NAME, "a name of small letters, digits, '.', '_' and '-'")
    table.where = f"{table.where} ({name})"
    kind = table.take_choice("kind", ModelKind)
    embeds = kind is ModelKind.EMBEDDER
    entry = ModelEntry(
        name=name,
        version=table.take("version", str),
        kind=kind,
        architecture=table.take("architecture", str),
        licence=table.take("licence", str),
        commercial_use=table.take("commercial_use", bool),
        sha256=table.take_match("sha256", _DIGEST, "64 hexadecimal digits in small letters"),
        input=_input(table.take_table("input")),
        dimension=table.take("dimension", int) if embeds else 0,
        thresholds=_thresholds(table.take_table("thresholds")) if embeds else (),
        origins=_origins(table),
    )
    if embeds and entry.input.size_px is None:
        raise table.wrong("an embedder's input size is a number of pixels")
    table.refuse_others()
    return entry


def _input(table: _Table) -> InputContract:
    size = table.take_any("size")
    if isinstance(size, bool) or not (size == "dynamic" or (isinstance(size, int) and size > 0)):
        raise table.wrong(f"'size' is neither \"dynamic\" nor a number of pixels, but {size!r}")
    contract = InputContract(
        size_px=size if isinstance(size, int) else None,
        colour=table.take_choice("colour", Colour),
        mean=_channels(table, "mean"),
        scale=_channels(table, "scale"),
    )
    table.refuse_others()
    return contract


def _channels(table: _Table, key: str) -> tuple[float, float, float]:
    """One number for all channels, or a list of three."""
    value = table.take_any(key)
    numbers = value if isinstance(value, list) else [value] * 3
    if len(numbers) != 3 or not all(_is_number(number) for number in numbers):
        raise table.wrong(f"'{key}' is neither a number nor a list of three, but {value!r}")
    first, second, third = map(float, numbers)
    return first, second, third


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _thresholds(table: _Table) -> tuple[OperatingPoint, ...]:
    stated = []
    for key in table.names():
        try:
            rate = float(key)
        except ValueError as error:
            raise table.wrong(f"the key '{key}' is not a false match rate such as \"1e-4\"") from error
        stated.append(OperatingPoint(rate, table.take_number(key)))
    return tuple(sorted(stated, key=lambda point: -point.false_match_rate))


def _origins(table: _Table) -> tuple[Origin, ...]:
    origins = table.take("origins", list)
    if not origins:
        raise table.wrong("'origins' names no place where the file could come from")
    return tuple(_origin(_Table(origin, f"{table.where}, origins")) for origin in origins)


def _origin(table: _Table) -> Origin:
    origin: Origin
    if "package" in table.names():
        origin = PackageOrigin(table.take("package", str), table.take("path", str))
    elif "file" in table.names():
        origin = FolderOrigin(table.take("file", str))
    else:
        origin = WebOrigin(table.take_match("https", re.compile(r"https://\S+"), "an https address"))
    table.refuse_others()
    return origin
