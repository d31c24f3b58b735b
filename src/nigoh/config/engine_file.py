"""Reads `nigoh.toml`. Whatever is wrong with it is told with its line and key, and without its value."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nigoh.config.addresses import read_password
from nigoh.config.engine_settings import (
    SECTIONS,
    CameraDefaults,
    CameraSettings,
    EngineOptions,
    EngineSettings,
    EngineVisionSettings,
    LateFacesSettings,
    PeopleSettings,
    RecordingSettings,
    ServerSettings,
)
from nigoh.config.network_settings import NetworkSettings
from nigoh.config.oidc_section import OidcSection
from nigoh.config.privacy_settings import PrivacySettings
from nigoh.config.settings import Settings
from nigoh.config.toml_lines import KeyPath, key_lines
from nigoh.domain.camera import Camera
from nigoh.domain.camera_url import redact
from nigoh.errors import ConfigError

S = TypeVar("S", bound=Settings)

_BYTE_ORDER_MARK = "\ufeff"
_MOST_BYTES = 16 * 1024 * 1024
"""A file of 10,000 cameras has 2 MB; what is larger is something else."""


def read_engine_file(path: Path) -> EngineSettings:
    """Read and check the whole file; relative paths in it are relative to its folder.

    Raises:
        ConfigError: names file, line and key of what is wrong first.
    """
    return parse_engine_file(read_text(path), path)


def parse_engine_file(text: str, path: Path) -> EngineSettings:
    """Check a text that is, or is to be, the file at this path. Raises ConfigError as `read_engine_file` does."""
    document = read_document(text, path)
    with _no_deeper_than_can_be_read(path):
        reading = _Reading(document, key_lines(text), path.absolute().parent)
        settings = reading.settings(path)
    if reading.problems or settings is None:
        line, what, next_step = min(reading.problems)
        raise ConfigError(f"{path}, line {line}: {what}", next_step)
    return settings


def check_camera(values: Mapping[str, object], text: str, path: Path) -> str:
    """Check the keys of a camera that is to stand in a file.

    Args:
        values: the camera's keys.
        text: of the valid file, for its defaults.
        path: of the file.

    Returns:
        The camera's name, as it will be known.

    Raises:
        ConfigError: names the key of what is wrong.
    """
    defaults = read_document(text, path).get("cameras_default", {})
    reading = _Reading({"cameras_default": defaults, "cameras": [values]}, {}, path.absolute().parent)
    settings = reading.settings(path)
    if reading.problems or settings is None:
        _, what, next_step = reading.problems[0]
        raise ConfigError(what.removeprefix("cameras[0]."), next_step)
    return settings.cameras[0].name


def read_document(text: str, path: Path) -> Mapping[str, object]:
    """A text as TOML. Raises ConfigError if it is none."""
    try:
        with _no_deeper_than_can_be_read(path):
            return tomllib.loads(text.removeprefix(_BYTE_ORDER_MARK))
    except ValueError as error:
        raise _syntax_error(path, text, error) from error


@contextmanager
def _no_deeper_than_can_be_read(path: Path) -> Iterator[None]:
    try:
        yield
    except RecursionError as error:
        raise ConfigError(
            f"{path}: its brackets are nested too deep", "Close the ones that are left open."
        ) from error


def read_text(path: Path) -> str:
    """A configuration file's text as it stands, with a byte-order mark if it has one.

    Raises:
        ConfigError: it is missing, a folder, unreadable, too large, or no UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} does not exist", "Make it with: nigoh cameras add NAME URL, or give --config FILE."
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be a file's"
        raise ConfigError(f"{path} cannot be read: {reason}", "Give the path of a nigoh.toml.") from error
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"{path} is too large for a configuration", "Give the path of a nigoh.toml.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: it is not UTF-8", "Save it as UTF-8 in your editor.") from error


class _Reading:
    """One document on its way to settings; owns what was found wrong with it: line, what, next step."""

    def __init__(self, document: Mapping[str, object], lines: Mapping[KeyPath, int], folder: Path) -> None:
        self.problems: list[tuple[int, str, str]] = []
        self._document = document
        self._lines = lines
        self._folder = folder

    def settings(self, path: Path) -> EngineSettings | None:
        """The settings, or None if a section is wrong."""
        known = [*SECTIONS, "cameras"]
        for key in self._document:
            if key not in known:
                self._add((key,), "there is no such section", _nearest(key, known))
        engine = self._section("engine", EngineOptions)
        vision = self._section("vision", EngineVisionSettings)
        watch = self._section("watch", PeopleSettings)
        recording = self._section("recording", RecordingSettings)
        late_faces = self._section("late_faces", LateFacesSettings)
        privacy = self._section("privacy", PrivacySettings)
        network = self._section("network", NetworkSettings)
        oidc = self._section("oidc", OidcSection)
        defaults = self._section("cameras_default", CameraDefaults)
        server = self._section("server", ServerSettings) if "server" in self._document else None
        cameras = tuple(self._cameras())
        if not (
            engine and vision and watch and recording and late_faces and privacy and network and oidc and defaults
        ):
            return None
        return EngineSettings(
            path=path,
            engine=engine,
            vision=vision,
            watch=watch,
            recording=recording,
            late_faces=late_faces,
            cameras=cameras,
            privacy=privacy,
            network=network,
            oidc=oidc,
            cameras_default=defaults,
            server=server,
        )

    def _section(self, key: str, kind: type[S]) -> S | None:
        return self._checked(kind, (key,), self._document.get(key, {}))

    def _cameras(self) -> Iterable[Camera]:
        given = self._document.get("cameras", [])
        if not isinstance(given, list):
            self._add(("cameras",), "each camera begins with [[cameras]], in double brackets")
            return
        if self._section("cameras_default", CameraDefaults) is None:
            # Told once there, not again with each camera.
            return
        defaults = self._document.get("cameras_default", {})
        numbers: dict[str, int] = {}
        for number, own in enumerate(given):
            path = ("cameras", number)
            merged = {**defaults, **own} if isinstance(defaults, dict) and isinstance(own, dict) else own
            settings = self._checked(CameraSettings, path, merged)
            if settings is None:
                continue
            first = numbers.setdefault(settings.name.casefold(), number)
            if first != number:
                line = self._line(("cameras", first, "name"))
                self._add((*path, "name"), f"the camera in line {line} is called '{settings.name}' too", _RENAME)
            yield from self._camera(settings, path, frozenset(own))

    def _camera(self, settings: CameraSettings, path: KeyPath, own: frozenset[str]) -> Iterable[Camera]:
        """The camera, or nothing if its login is wrong; defaults give way to what the address says."""
        url = settings.url
        for key, is_there in (("user", url.has_user), ("password_file", url.has_password)):
            if key in own and is_there:
                self._add((*path, key), "the address says this too", "Write it in one of the two places.")
                return
        if url.scheme == "file":
            yield settings.to_camera(url)
            return
        password = ""
        if settings.password_file is not None and not url.has_password:
            where = path if "password_file" in own else ("cameras_default",)
            try:
                password = read_password(settings.password_file)
            except ValueError as error:
                self._add((*where, "password_file"), str(error))
                return
            if not (url.has_user or settings.user):
                self._add((*where, "password_file"), "nobody is named whose password it is", 'Add user = "...".')
                return
        yield settings.to_camera(url.with_login(settings.user or "", password))

    def _checked(self, kind: type[S], path: KeyPath, values: object) -> S | None:
        if not isinstance(values, dict):
            self._add(path, f"it is a table of keys and values, which begins with [{path[0]}]")
            return None
        try:
            return kind.model_validate(_frozen(values), context={"folder": self._folder})
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False):
                self._add_found(kind, path, found)
            return None

    def _add_found(self, kind: type[Settings], base: KeyPath, found: ErrorDetails) -> None:
        inside = found["loc"]
        key = str(inside[0]) if inside else ""
        field = kind.model_fields.get(key)
        next_step = field.description or "" if field else ""
        what = (
            found["msg"].removeprefix("Value error, ").replace("Input should", "it should").replace("tuple", "list")
        )
        if found["type"] == "extra_forbidden":
            what, next_step = "there is no such key", _nearest(key, list(kind.model_fields))
        elif found["type"] == "missing":
            what = "it is missing" if len(inside) == 1 else "two numbers are needed, [x, y]"
        elif found["type"] == "too_long" and len(inside) > 1:
            what = "two numbers are needed, [x, y]"
        path = (*base, *inside)
        if base[0] == "cameras" and path[:3] not in self._lines and ("cameras_default", key) in self._lines:
            path = ("cameras_default", *inside)
        self._add(path, what, next_step)

    def _add(self, path: KeyPath, what: str, next_step: str = "") -> None:
        self.problems.append((self._line(path), f"{_written(path)}: {what}", next_step))

    def _line(self, path: KeyPath) -> int:
        """The line of a key, or of the nearest thing around it that has one."""
        return next((self._lines[path[:size]] for size in range(len(path), 0, -1) if path[:size] in self._lines), 1)


_RENAME = "Give each camera a name of its own; upper and lower case are one."


def _syntax_error(path: Path, text: str, error: ValueError) -> ConfigError:
    """What the TOML reader says, with the place in front."""
    said = redact(str(error))
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
    if place is None:
        return ConfigError(f"{path}: {said}", "Look for a number that is no number.")
    line = int(place[1]) if place[1] else max(1, text.rstrip().count("\n") + 1)
    column = f", column {place[2]}" if place[2] else ""
    what = said[: place.start()]
    return ConfigError(
        f"{path}, line {line}{column}: {what[:1].lower()}{what[1:]}", "Look for a quote or bracket that is left open."
    )


def _nearest(key: str, known: list[str]) -> str:
    near = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."


def _written(path: KeyPath) -> str:
    """A path as users read it: cameras[3].zones[0]."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{_shown(part)}" for part in path)
    return parts.removeprefix(".")


def _shown(key: str) -> str:
    """A key; an odd one, which may hold anything, is shortened and shows no credentials."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", key) else ascii(redact(key)[:40])


def _frozen(value: object) -> object:
    """Lists as tuples, which strict settings ask for."""
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    return {key: _frozen(each) for key, each in value.items()} if isinstance(value, dict) else value
