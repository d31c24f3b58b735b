"""What the console says: complete in four languages, with numbers and times as each writes them."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nigoh.domain.preferences import ConsoleLanguage
from nigoh.ui.words.catalogue import load_catalogue
from nigoh.ui.words.say import Say
from nigoh.ui.words.uzbek_script import to_cyrillic

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 23, 12, 5, 9, tzinfo=UTC)


def test_every_message_is_translated_and_none_is_said_nowhere() -> None:
    run = subprocess.run(
        [sys.executable, "scripts/messages.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.stdout, run.returncode) == ("", 0)


@pytest.mark.parametrize("language", list(ConsoleLanguage))
def test_a_translation_has_the_same_places_for_values(language: ConsoleLanguage) -> None:
    for text, forms in load_catalogue(language).messages.items():
        wanted = _places(text[1] if isinstance(text, tuple) else text)
        for form in filter(None, forms):
            assert _places(form) == wanted, (text, form)


def _places(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Kameralar roʻyxati", "Камералар рўйхати"),
        ("Yoʻq, yangi yoʻl", "Йўқ, янги йўл"),
        ("Eʼlon: oʻchirish", "Эълон: ўчириш"),
        ("Elektron poema", "Электрон поэма"),
        ("Choʻl, shahar, SHAHAR", "Чўл, шаҳар, SHAHAR"),
        ("{count} ta CSV fayl, nigoh", "{count} та CSV файл, nigoh"),
        ("Gʻisht va togʻ", "Ғишт ва тоғ"),
        ("", ""),
    ],
)
def test_uzbek_is_written_in_cyrillic_letters_too(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic


def test_what_has_no_translation_is_said_in_english() -> None:
    assert Say(ConsoleLanguage.RUSSIAN)("A text that no catalogue knows: {x}", x=1).endswith(": 1")


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "1 камера"), (2, "2 камеры"), (5, "5 камер"), (21, "21 камера"), (112, "112 камер")]
)
def test_russian_has_three_forms_for_numbers(count: int, expected: str) -> None:
    assert Say(ConsoleLanguage.RUSSIAN).many("{count} camera", "{count} cameras", count) == expected


@pytest.mark.parametrize(
    ("language", "number", "moment"),
    [
        (ConsoleLanguage.ENGLISH, "12,345.7", "23 Nov 2026, 12:05:09"),
        (ConsoleLanguage.RUSSIAN, "12\xa0345,7", "23 нояб. 2026, 12:05:09"),
        (ConsoleLanguage.UZBEK, "12\xa0345,7", "23 noy 2026, 12:05:09"),
    ],
)
def test_numbers_and_times_are_written_as_people_write_them(
    language: ConsoleLanguage, number: str, moment: str
) -> None:
    say = Say(language, zone=UTC)
    assert say.number(12345.678, 1) == number
    assert say.moment(NOON).replace("\u202f", " ") == moment


def test_sizes_and_times_are_said_in_units_that_suit() -> None:
    say = Say(ConsoleLanguage.ENGLISH, zone=UTC)
    assert [say.size(count) for count in (0, 1023, 1536, 3 * 2**30)] == ["0 B", "1,023 B", "1.5 KiB", "3 GiB"]
    assert say.ago(NOON - timedelta(minutes=5), NOON) == "5 minutes ago"
    assert say.percent(0.257) == "26%"
    assert say.clock(NOON) == "12:05:09"
