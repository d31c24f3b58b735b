"""Keep the console's catalogues of messages: what the code says, in each language.

python scripts/messages.py update             # what the code says now; English and Cyrillic fill themselves
python scripts/messages.py add FILE.json      # translations: {"text": {"uz_Latn": "...", "ru": "..."}}, plurals as
                                              # {"one|many": {"uz_Latn": ["..."], "ru": ["...", "...", "..."]}}
python scripts/messages.py check              # what has no translation, or is said nowhere; 1 if there is any
"""

import fcntl
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from nigoh.domain.preferences import ConsoleLanguage as Language
from nigoh.ui.words.uzbek_script import to_cyrillic

ROOT = Path(__file__).resolve().parents[1]
UI = ROOT / "src" / "nigoh" / "ui"
SPEAKERS = (UI, ROOT / "src" / "nigoh" / "server")
"""Where things are said: the console, and the pages before it."""
FOLDER = UI / "words" / "locale"
KEYWORDS = {"say": None, "many": (1, 2)}

_ONE_FORM = frozenset({Language.UZBEK, Language.UZBEK_CYRILLIC})

Id = str | tuple[str, str]


def said() -> set[Id]:
    """All that the code says."""
    return {
        _id(message)
        for folder in SPEAKERS
        for _, _, message, _, _ in extract_from_dir(
            folder, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=()
        )
    }


def read(language: Language) -> dict[Id, tuple[str, ...]]:
    """The catalogue of a language."""
    path = FOLDER / f"{language.value}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        stored = read_po(file)
    return {_id(message.id): _forms(message.string or "") for message in stored if message.id}


def write(language: Language, messages: dict[Id, tuple[str, ...]]) -> None:
    """Write it, sorted, so that a change is seen as what it is."""
    catalogue = Catalog(locale=language.value, project="nigoh", charset="utf-8", fuzzy=False)
    for known, forms in messages.items():
        # Uzbek says a noun in one form after any number; the library knows two.
        same = forms[:1] * catalogue.num_plurals if language in _ONE_FORM else forms
        catalogue.add(known, same if isinstance(known, tuple) else forms[0])
    text = BytesIO()
    write_po(text, catalogue, width=118, no_location=True, sort_output=True, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {language.value}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    plurals = f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
    (FOLDER / f"{language.value}.po").write_text(f"{head}{plurals}\n{text.getvalue().decode()}", encoding="utf-8")


def update(added: dict[Language, dict[Id, tuple[str, ...]]] | None = None, *, drops: bool = False) -> None:
    """Take in what is said, or is to be; fill in what follows from others."""
    wanted = said() | (set() if drops else read(Language.UZBEK).keys() | set().union(*(added or {}).values()))
    for language in (Language.UZBEK, Language.RUSSIAN, Language.ENGLISH, Language.UZBEK_CYRILLIC):
        stored = read(language) | (added or {}).get(language, {})
        if language is Language.ENGLISH:
            stored = {each: each if isinstance(each, tuple) else (each,) for each in wanted}
        elif language is Language.UZBEK_CYRILLIC:
            latin = read(Language.UZBEK)
            stored = {each: tuple(to_cyrillic(form) for form in latin.get(each, ("",))) for each in wanted}
        write(language, {each: stored.get(each, ("",)) for each in wanted})


def lacking() -> Iterator[str]:
    """What is wrong with the catalogues, a line each."""
    wanted = said()
    for language in Language:
        stored = read(language)
        for each in sorted(wanted, key=str):
            # Those of Cyrillic letters follow from the Latin ones.
            if not all(stored.get(each, ("",))) and language is not Language.UZBEK_CYRILLIC:
                yield f"{language.value}: no translation of {each!r}"
        yield from (f"{language.value}: said nowhere: {each!r}" for each in sorted(stored.keys() - wanted, key=str))


def translations(path: Path) -> dict[Language, dict[Id, tuple[str, ...]]]:
    """Those of a file."""
    found: dict[Language, dict[Id, tuple[str, ...]]] = {}
    for text, forms in json.loads(path.read_text("utf-8")).items():
        singular, bar, plural = text.partition("|")
        known: Id = (singular, plural) if bar else text
        for code, form in forms.items():
            found.setdefault(Language(code), {})[known] = (form,) if isinstance(form, str) else tuple(form)
    return found


def _id(value: str | tuple[str, ...] | list[str]) -> Id:
    return value if isinstance(value, str) else (value[0], value[1])


def _forms(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@contextmanager
def _alone() -> Iterator[None]:
    with FOLDER.joinpath("uz_Latn.po").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(words: list[str]) -> int:
    """Run a command."""
    with _alone():
        if words[:1] in (["update"], ["prune"]):
            update(drops=words[0] == "prune")
        elif words[:1] == ["add"] and len(words) > 1:
            update(translations(Path(words[1])))
        elif words[:1] != ["check"]:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    problems = list(lacking())
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
