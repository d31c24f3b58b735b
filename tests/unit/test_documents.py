"""What the documents promise is there: files, commands with their options, make targets."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from nigoh.cli.main import nigoh as command_line
from nigoh.messaging.json_lines import encode_sighting, read_sightings

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("docs", "benchmarks", "examples")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))])
SCRIPTS = sorted((ROOT / "examples").rglob("*.sh"))
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def lines_of_code(path: Path) -> Iterator[str]:
    """A script's lines, or a document's fenced blocks and the spans between backquotes; continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", path.read_text("utf-8"))
    if path.suffix == ".md":
        text = "\n".join([*FENCED.findall(text), *re.findall(r"`([^`\n]+)`", FENCED.sub("", text))])
    yield from text.splitlines()


def commands_in(line: str, program: str) -> Iterator[list[str]]:
    """The words that follow the program wherever the line calls it."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:  # prose or another language, with an apostrophe
        return
    call: list[str] | None = None
    for previous, word in zip(["|", *words], [*words, "|"], strict=True):
        ends = bool(re.fullmatch(r"[|;&<>()]+", word))
        if call is not None and ends:
            yield call
            call = None
        elif call is not None:
            call.append(word)
        elif word == program and re.fullmatch(r"[|;&()]+|\$|if|time|then|do", previous):
            call = []


def called(program: str) -> list[tuple[str, list[str]]]:
    return [
        (path.name, words)
        for path in [*DOCUMENTS, *SCRIPTS]
        for line in lines_of_code(path)
        for words in commands_in(line, program)
    ]


def why_not(words: list[str]) -> str:
    """Why the command line would refuse these words, or "": every command and every option must exist."""
    command: click.Command = command_line
    context = click.Context(command, info_name="nigoh")
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, rest[0])
        if found is None:
            return "" if rest[0].isupper() or rest[0] == "..." else f"there is no command {rest[0]!r}"
        command, rest = found, rest[1:]
    known = {"--help", "-h", *(name for parameter in command.params for name in parameter.opts)}
    asked = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
    return f"{command.name} has no option {', '.join(sorted(asked - known))}" if asked - known else ""


def test_links_in_documents_lead_to_files() -> None:
    links = [
        (document, "".join(target).partition("#")[0])
        for document in DOCUMENTS
        for target in re.findall(r"\]\(<?([^)>\s]+)>?\)|(?:src|href)=\"([^\"]+)\"", document.read_text("utf-8"))
    ]
    local = [(document, target) for document, target in links if target and not re.match(r"[a-z]+:", target)]
    assert local
    assert [f"{document.name}: {to}" for document, to in local if not (document.parent / to).exists()] == []


def test_documents_name_only_commands_and_options_that_exist() -> None:
    commands = called("nigoh")
    assert {words[0] for _, words in commands if words} >= {"watch", "models", "eval"}
    assert [f"{name}: {words}: {why}" for name, words in commands if (why := why_not(words))] == []


def test_documents_name_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {word for _, words in called("make") for word in words if re.fullmatch(r"[a-z-]+", word)}
    assert {"demo", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("nigoh watch 0 --known people   # a webcam", [["watch", "0", "--known", "people"]]),
        ("$ nigoh models list | nigoh doctor > out.txt", [["models", "list"], ["doctor"]]),
        ("cd x && nigoh watch 'a file.mp4'", [["watch", "a file.mp4"]]),
        ("import nigoh", []),
        ("pip install nigoh", []),
    ],
)
def test_commands_are_found_in_a_line(line: str, commands: list[list[str]]) -> None:
    assert list(commands_in(line, "nigoh")) == commands


@pytest.mark.parametrize("words", [["wach"], ["--no-such-option"]])
def test_what_does_not_exist_is_noticed(words: list[str]) -> None:
    assert why_not(words)


def test_the_sighting_in_each_readme_is_one_that_is_read(tmp_path: Path) -> None:
    """As it would be written: the same fields in the same order, and no more digits."""
    for readme in ROOT.glob("README*.md"):
        for line in re.findall(r'^\{"type":"sighting".*\}$', readme.read_text("utf-8"), re.MULTILINE):
            (tmp_path / "sighting.jsonl").write_text(line, encoding="utf-8")
            (sighting,) = read_sightings(tmp_path / "sighting.jsonl")
            assert encode_sighting(sighting).decode() == line
    assert '{"type":"sighting"' in (ROOT / "README.md").read_text("utf-8")
