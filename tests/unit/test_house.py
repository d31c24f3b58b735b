"""The rules of the house that no linter holds. None of them has a list of exceptions that may grow."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "nigoh"
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_LINES = 400
MOST_TYPE_IGNORES = 4
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}

Finder = Callable[[ast.AST], bool]


def name_of(module: Path) -> str:
    return module.relative_to(SOURCE).as_posix()


def places(module: Path, found: Finder) -> list[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"), filename=str(module))
    return [f"{name_of(module)}:{getattr(node, 'lineno', 0)}" for node in ast.walk(tree) if found(node)]


def places_outside(allowed: str | None, found: Finder) -> list[str]:
    return [place for module in MODULES if name_of(module) != allowed for place in places(module, found)]


def catches_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    names = {kind.id if isinstance(kind, ast.Name) else "" for kind in caught if kind is not None}
    if names == {"BaseException"}:
        return not hands_it_on(node)
    return None in caught or bool(names & {"Exception", "BaseException"})


def hands_it_on(handler: ast.ExceptHandler) -> bool:
    """Nothing is swallowed: it goes on up, or is kept whole for the thread that waits for it."""
    return any(
        (isinstance(node, ast.Raise) and node.exc is None)
        or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id == handler.name)
        for node in ast.walk(handler)
    )


def prints(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def reads_environment(node: ast.AST) -> bool:
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(alias.name in names for alias in node.names)
    of_os = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os"
    return of_os and isinstance(node, ast.Attribute) and node.attr in names


def reads_wall_clock(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in {("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}
    )


def imports_ray(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "ray" for alias in node.names)
    return isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "ray"


def comments(module: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(module.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_there_are_modules_to_check() -> None:
    assert len(MODULES) > 30


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_is_at_most_400_lines(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_module_names_say_what_is_inside() -> None:
    words = {name_of(module): set(re.split(r"[/_]", name_of(module).removesuffix(".py"))) for module in MODULES}
    assert {name: found for name, parts in words.items() if (found := parts & SAYS_NOTHING)} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [
        name_of(module) for module in MODULES if not ast.get_docstring(ast.parse(module.read_text("utf-8")))
    ] == []


def test_only_the_supervisor_catches_everything() -> None:
    assert places_outside("engine/supervisor.py", catches_everything) == []


def test_nothing_prints_past_the_terminal_module() -> None:
    assert places_outside(None, prints) == []


def test_the_environment_is_read_in_one_place() -> None:
    assert places_outside("config/environment.py", reads_environment) == []


def test_time_is_an_argument() -> None:
    assert places_outside(None, reads_wall_clock) == []


def test_ray_is_imported_by_one_file_at_most() -> None:
    assert len({place.partition(":")[0] for place in places_outside(None, imports_ray)}) <= 1


def test_type_ignores_are_few_and_each_has_its_reason() -> None:
    found = [
        (f"{name_of(module)}:{line}", comment)
        for module in MODULES
        for line, comment in comments(module)
        if re.search(r"type:\s*ignore", comment)
    ]
    assert [
        place for place, comment in found if not re.search(r"type: ignore\[[a-z-, ]+\]\s+#?\s*\S+", comment)
    ] == []
    assert len(found) <= MOST_TYPE_IGNORES, found


def test_every_silenced_lint_has_its_reason() -> None:
    found = []
    for module in MODULES:
        noted = dict(comments(module))
        for line, comment in noted.items():
            reason = re.search(r"noqa: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*(.*)", comment)
            if "noqa" in comment and not (reason and re.search(r"\w", reason[1])) and line - 1 not in noted:
                found.append(f"{name_of(module)}:{line}")
    assert found == []


@pytest.mark.parametrize(
    ("finder", "guilty", "innocent"),
    [
        (
            catches_everything,
            "try:\n  f()\nexcept (OSError, Exception):\n  g()",
            "try:\n  f()\nexcept OSError:\n  g()",
        ),
        (catches_everything, "try:\n  f()\nexcept:\n  g()", "try:\n  f()\nfinally:\n  g()"),
        (
            catches_everything,
            "try:\n  f()\nexcept BaseException as e:\n  log(e)",
            "try:\n  f()\nexcept BaseException:\n  raise",
        ),
        (prints, "print('x')", "output.print('x')"),
        (reads_environment, "import os\nos.environ['HOME']", "import os\nos.fspath('x')"),
        (reads_environment, "from os import getenv", "from os import fspath"),
        (reads_wall_clock, "datetime.now()", "datetime.fromtimestamp(0)"),
        (imports_ray, "import ray.util", "import array"),
        (imports_ray, "from ray import remote", "from .ray import remote"),
    ],
)
def test_the_rules_can_tell_guilty_from_innocent(finder: Finder, guilty: str, innocent: str) -> None:
    assert any(finder(node) for node in ast.walk(ast.parse(guilty)))
    assert not any(finder(node) for node in ast.walk(ast.parse(innocent)))
