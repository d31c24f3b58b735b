"""docs/config.md and examples/nigoh.toml say what the settings say."""

import re
import tomllib
from collections.abc import Iterator
from enum import EnumMeta
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from nigoh.config.engine_file import read_engine_file
from nigoh.config.engine_settings import SECTIONS, CameraDefaults, CameraSettings
from nigoh.config.settings import Settings
from nigoh.domain.camera import Mode

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "config.md").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "nigoh.toml"
ALL: dict[str, type[Settings]] = {f"[{name}]": kind for name, kind in SECTIONS.items()}
ALL["[[cameras]]"] = CameraSettings

WORDS = {Ge: "at least", Gt: "above", Le: "at most", Lt: "below"}


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default_factory is not None:
        return "the user's data folder"
    value = field.default
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return "`[]`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value:g}`"


def bounds_in(annotation: object) -> Iterator[object]:
    """The constraints within an annotation, those of an optional value included."""
    if get_origin(annotation) is Annotated:
        _, *metadata = get_args(annotation)
        for each in metadata:
            yield from each.metadata if isinstance(each, FieldInfo) else [each]
    if isinstance(annotation, UnionType) or get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from bounds_in(part)


def range_of(field: FieldInfo) -> str:
    kind = field.annotation
    if isinstance(kind, EnumMeta):
        return ", ".join(f"`{each.value}`" for each in kind)
    if get_origin(kind) is Literal:
        return ", ".join(f"`{each}`" for each in get_args(kind))
    bounds = [*field.metadata, *bounds_in(kind)]
    said = [
        f"{word} {getattr(bound, type(bound).__name__.lower()):.12g}"
        for bound in bounds
        for each, word in WORDS.items()
        if isinstance(bound, each)
    ]
    return ", ".join(said) or name_of(kind)


def name_of(kind: object) -> str:
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not NoneType)
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is tuple:
        return "list"
    if kind is bool:
        return "`true`, `false`"
    return "path" if kind is Path else "text"


def row(key: str, field: FieldInfo) -> str:
    return f"| `{key}` | {default_of(field)} | {range_of(field)} | {field.description} |"


def rows(kind: type[Settings]) -> list[str]:
    inherited = CameraDefaults.model_fields if kind is CameraSettings else {}
    return [row(key, field) for key, field in kind.model_fields.items() if key not in inherited]


@pytest.mark.parametrize("section", ALL)
def test_the_document_has_each_key_with_its_default_range_and_meaning(section: str) -> None:
    part = re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)
    found = next(text for text in part if text.startswith(f"`{section}`"))
    assert [line for line in found.splitlines() if line.startswith("| `")] == rows(ALL[section])


def test_the_example_is_valid_and_shows_every_key(tmp_path: Path) -> None:
    path = tmp_path / "nigoh.toml"
    path.write_text(EXAMPLE.read_text("utf-8"), encoding="utf-8")
    settings = read_engine_file(path)
    assert [camera.name for camera in settings.cameras] == ["gate-1", "yard", "lobby"]
    assert settings.cameras[1].mode == Mode.KEYFRAMES
    text = EXAMPLE.read_text("utf-8")
    for kind in ALL.values():
        for key in kind.model_fields:
            assert re.search(rf"^(# )?{key} = ", text, flags=re.MULTILINE), key


def test_what_the_example_leaves_out_is_valid_too(tmp_path: Path) -> None:
    """The lines that are commented out as `# key = value` can be taken in as they are."""
    text = re.sub(r"^# (\w+ = )", r"\1", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)
    assert text.count("\n# ") < EXAMPLE.read_text("utf-8").count("\n# ")
    (tmp_path / "secrets").mkdir()
    for name in re.findall(r'^password_file = "(.*)"', text, flags=re.MULTILINE):
        (tmp_path / name).write_text("pass")
    path = tmp_path / "nigoh.toml"
    path.write_text(text, encoding="utf-8")
    assert len(read_engine_file(path).cameras) == 3


def test_every_toml_in_the_document_is_valid(tmp_path: Path) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", DOCUMENT, flags=re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        assert tomllib.loads(block)
        (tmp_path / "nigoh.toml").write_text(block, encoding="utf-8")
        (tmp_path / "secrets").mkdir(exist_ok=True)
        (tmp_path / "secrets" / "cameras").write_text("pass\n")
        read_engine_file(tmp_path / "nigoh.toml")
