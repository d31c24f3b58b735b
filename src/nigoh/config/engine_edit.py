"""Adds a camera to the text of `nigoh.toml` and takes one out; every other line, comments included, stays as it is.

A camera is a block of lines that begins with [[cameras]]. Where somebody has written all of them as one array,
`cameras = [{...}, ...]`, that array is edited.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from nigoh.config.engine_file import check_camera, parse_engine_file, read_document
from nigoh.config.toml_lines import KeyPath, key_lines
from nigoh.domain.camera import Camera
from nigoh.errors import ConfigError

CameraValue = str | float | list[str] | list[list[list[float]]]
"""A value that a camera's key can have in the file."""

NEW_FILE = """\
# The cameras that nigoh watches, and how: docs/config.md says what else may stand here.
"""


def with_camera(text: str, path: Path, values: Mapping[str, CameraValue]) -> str:
    """The text with one more camera, its last.

    Args:
        text: of a valid file.
        path: of the file, for messages and for paths that are relative to it.
        values: the camera's keys, "name" and "url" among them.

    Raises:
        ConfigError: the text is not valid, the camera is not, or its name is taken.
    """
    before = parse_engine_file(text, path)
    name = check_camera(values, text, path)
    if any(camera.name.casefold() == name.casefold() for camera in before.cameras):
        raise ConfigError(f"{path} has a camera '{name}' already", "Choose another name, or remove that one first.")
    if _is_one_array(text):
        changed = _with_element(text, path, values)
    else:
        block = "".join(f"{key} = {tomlkit.item(value).as_string()}\n" for key, value in values.items())
        gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
        added = f"{gap}[[cameras]]\n{block}"
        changed = text + (added.replace("\n", "\r\n") if "\r\n" in text else added)
    document = read_document(text, path)
    return _checked(changed, document, [*_cameras(document), dict(values)], path)


def without_camera(text: str, path: Path, name: str) -> str:
    """The text without the camera of this name, and without the comment that stands right above it.

    Raises:
        ConfigError: the text is not valid, or there is no such camera.
    """
    cameras = parse_engine_file(text, path).cameras
    number = cameras.index(find_camera(cameras, name, path))
    changed = _without_element(text, path, number) if _is_one_array(text) else _without_block(text, number)
    document = read_document(text, path)
    rest = [values for at, values in enumerate(_cameras(document)) if at != number]
    return _checked(changed, document, rest, path)


def find_camera(cameras: Sequence[Camera], name: str, path: Path) -> Camera:
    """The camera of this name in a file's. Raises ConfigError, which suggests the nearest, if there is none."""
    wanted = unicodedata.normalize("NFC", name)
    found = next((camera for camera in cameras if camera.name == wanted), None)
    if found is None:
        near = get_close_matches(wanted, [camera.name for camera in cameras], n=3, cutoff=0.5)
        known = near or [camera.name for camera in cameras[:5]]
        raise ConfigError(
            f"{path} has no camera of this name", f"There are, for example: {', '.join(known) or 'none yet'}."
        )
    return found


def _checked(changed: str, before: Mapping[str, object], cameras: list[object], path: Path) -> str:
    """The changed text, if it is valid, has these cameras, and otherwise says what it said before."""
    parse_engine_file(changed, path)
    after = read_document(changed, path)
    if {**after, "cameras": _cameras(after)} != {**before, "cameras": cameras}:
        raise ConfigError(f"{path} is written in a way that cannot be edited here", "Edit it by hand.")
    return changed


def _cameras(document: Mapping[str, object]) -> list[object]:
    found = document.get("cameras", [])
    return found if isinstance(found, list) else []


def _is_one_array(text: str) -> bool:
    line = key_lines(text).get(("cameras",))
    return line is not None and not text.split("\n")[line - 1].lstrip("\ufeff \t").startswith("[")


def _with_element(text: str, path: Path, values: Mapping[str, CameraValue]) -> str:
    table = tomlkit.inline_table()
    table.update(values)
    document, array = _parsed_array(text, path)
    array.append(table)
    return tomlkit.dumps(document)


def _without_element(text: str, path: Path, number: int) -> str:
    document, array = _parsed_array(text, path)
    array.pop(number)
    return tomlkit.dumps(document)


def _parsed_array(text: str, path: Path) -> tuple[tomlkit.TOMLDocument, Array]:
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(f"{path} is written in a way that cannot be edited here", "Edit it by hand.") from error
    array = document["cameras"]
    if not isinstance(array, Array):
        raise ConfigError(f"{path} is written in a way that cannot be edited here", "Edit it by hand.")
    return document, array


def _without_block(text: str, number: int) -> str:
    """The lines but for the camera's own and the comment right above it; one blank line where there were two."""
    lines = text.split("\n")
    begin, end = _block(lines, key_lines(text), number)
    if begin and end < len(lines) and not lines[begin - 1].strip() and not lines[end].strip():
        begin -= 1
    return "\n".join(lines[:begin] + lines[end:])


def _block(lines: Sequence[str], places: Mapping[KeyPath, int], number: int) -> tuple[int, int]:
    """A camera's lines, [begin, end) from 0.

    Its last is never blank or a comment: such lines are what stands above the next block. The comment at the file's
    beginning speaks of the file.
    """
    head = places["cameras", number] - 1
    others = [line - 1 for path, line in places.items() if line - 1 > head and path[:2] != ("cameras", number)]
    end = min(others, default=len(lines))
    while _says_nothing(lines[end - 1]):
        end -= 1
    begin = head
    while begin and lines[begin - 1].lstrip().startswith("#"):
        begin -= 1
    return (begin or head), end


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
