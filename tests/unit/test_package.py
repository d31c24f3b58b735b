"""What a user installs and a visitor clones: the import, the locks, the files of the repository."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import click
import pytest

import nigoh
from nigoh.cli.main import nigoh as command_line

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
HEAVY = {"PIL", "av", "click", "cv2", "matplotlib", "numpy", "onnx", "onnxruntime", "openvino", "pydantic", "rich"}
# In pieces, so that this file passes its own test.
FORBIDDEN_TEXT = tuple(
    "".join(pieces)
    for pieces in (
        ("pypi", ".org"), ("python", "hosted.org"), ("npm", "js.org"), ("npm", "js.com"), ("deb.", "debian.org"),
        ("security.", "debian.org"), ("file", ":///opt"), ("/wo", "rk/"), ("/ro", "ot/"), ("/opt", "/pypi"),
        ("/opt", "/wheels"), ("--index", "-url "), ("--extra", "-index-url"),
    )
)  # fmt: skip
MEDIA = {".jpg", ".jpeg", ".webp", ".bmp", ".mp4", ".mov", ".avi", ".mkv", ".ts"}
WEIGHTS = {".onnx", ".xml", ".bin", ".dat", ".pt", ".npz", ".whl"}
MOST_BYTES = 1_000_000


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a clone: which files are the repository's is not known")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S607 - git is wherever the developer has it
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def locked(name: str) -> dict[str, set[str]]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for line in lines:
        if entry := re.match(r"([a-z0-9-]+)==([^\s;\\]+)", line):
            found.setdefault(entry[1], set()).add(entry[2])
    return found


def normal(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement)[0]).lower()


def test_importing_nigoh_loads_nothing_heavy() -> None:
    program = "import json, sys, nigoh; print(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert HEAVY.isdisjoint(json.loads(done.stdout))


def test_what_users_import_is_short_and_all_of_it_is_there() -> None:
    assert 5 <= len(nigoh.__all__) <= 20
    assert list(nigoh.__all__) == sorted(set(nigoh.__all__))
    assert set(nigoh.__all__) <= set(dir(nigoh))
    missing = [name for name in nigoh.__all__ if getattr(nigoh, name, None) is None]
    assert missing == []


def test_what_users_import_says_what_it_does() -> None:
    public = [getattr(nigoh, name) for name in nigoh.__all__]
    assert [item for item in public if callable(item) and not (item.__doc__ or "").strip()] == []


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(nigoh, "no_such_name")  # noqa: B009 - a literal attribute would not pass the type check


def test_every_entry_point_leads_to_something() -> None:
    for group, promised in PROJECT["project"]["entry-points"].items():
        found = {point.name: point for point in entry_points(group=group)}
        assert promised.keys() <= found.keys()
        assert [name for name in promised if not callable(found[name].load())] == []


def test_every_command_loads_and_explains_itself() -> None:
    context = click.Context(command_line, info_name="nigoh")
    for name in command_line.list_commands(context):
        command = command_line.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str()


def test_the_version_is_the_same_everywhere() -> None:
    assert version("nigoh") == PROJECT["project"]["version"]
    assert f"## [{version('nigoh')}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in tracked_files()
        for content in [path.read_bytes().decode("utf-8", errors="replace").lower()]
        for text in FORBIDDEN_TEXT
        if text in content
    ]
    assert found == []


def test_the_repository_holds_no_media_no_weights_and_nothing_big() -> None:
    files = tracked_files()
    assert [path.name for path in files if path.suffix.lower() in MEDIA | WEIGHTS] == []
    assert [path.name for path in files if path.stat().st_size > MOST_BYTES] == []


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "benchmarks/requirements-classic.lock"]
)
def test_every_locked_file_has_its_digest(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text("utf-8"))
    entries = [entry for entry in entries if "==" in entry]
    assert entries
    assert [entry for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []


def test_the_locks_hold_what_the_project_asks_for_and_agree() -> None:
    run_time, development = locked("requirements.lock"), locked("requirements-dev.lock")
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    assert {normal(wanted) for wanted in project["dependencies"]} <= set(run_time)
    wanted = {*extras["onnx"], *extras["window"], *PROJECT["dependency-groups"]["dev"], *project["dependencies"]}
    assert {normal(requirement) for requirement in wanted} <= set(development)
    assert {name: versions for name, versions in run_time.items() if development.get(name) != versions} == {}
