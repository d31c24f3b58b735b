"""Names in one spelling, so that a search finds Oʻktam, O'ktam, Ўктам and Уктам alike.

A name is written in Latin letters (Cyrillic after Uzbekistan's official table, with the Russian, Ukrainian, Kazakh,
Kyrgyz and Tajik letters beside it), without diacritics and apostrophes. Letters that the spellings of one name
exchange become one: q and k, x and h, ж and zh and j, й and ы and i, щ and sh, ц and s, doubled letters and single
ones. Oʻ and ў become u, as Russian writes them.

Some letters have two readings: ё is yo and е, oʻ is u and, written carelessly, o; ş and ç are sh and ch, and s and c.
`folded_names` keeps both, and `search_terms` asks for both.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MOST_LETTERS = 256
_MOST_WORDS = 16

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛ʻʼʽʾʿˈ`´′‵＇｀ʹˊˋ′"), "'")
"""What people type between O and ktam: the official U+02BB, and all that looks like it."""

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "қ": "q", "ғ": "g", "ҳ": "h",
    "і": "i", "ї": "yi", "є": "ye", "ґ": "g",  # Ukrainian
    "ә": "a", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",  # Kazakh, Kyrgyz
    "ҷ": "j",  # Tajik
}  # fmt: skip
_LATIN = {
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ə": "a", "ŋ": "n",
    "š": "sh", "č": "ch", "ž": "j",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reading:
    """How letters that can be read in two ways are read: single letters, and o with an apostrophe."""

    letters: Mapping[int, str]
    turned_o: str


def _reading(turned_o: str, **letters: str) -> _Reading:
    return _Reading(str.maketrans(_CYRILLIC | _LATIN | letters | {"ў": turned_o}), turned_o)


_FIRST = _reading("u", ё="yo", ş="s", ç="c", õ="o", ŏ="o")
_SECOND = _reading("o", ё="e", ş="sh", ç="ch", õ="u", ŏ="u")
_SORTED = _reading("o", ё="yo", ş="sh", ç="ch", õ="o", ŏ="o")

_EXCHANGED = tuple((re.compile(found), kept) for found, kept in (
    ("x", "h"), ("q", "k"), ("w", "v"), ("shch", "sh"), ("dzh|dj|zh", "j"), ("kh", "h"), ("gh", "g"), ("ts", "s"),
    ("ye", "e"), ("y", "i"), (r"([a-z])\1+", r"\1"),
))  # fmt: skip
"""Spellings of one sound, in this order."""


def fold_name(text: str) -> str:
    """The name in the one spelling: lower case, single spaces; "" for white space alone.

    A text of signs alone (an apostrophe, punctuation) stays as it is, in lower case; emoji stay in any case.
    """
    return _fold(text, _FIRST)


def folded_names(names: Iterable[str]) -> str:
    """All spellings by which one of these names is found, a line each."""
    forms = (_fold(name, reading) for name in names for reading in (_FIRST, _SECOND))
    return "\n".join(dict.fromkeys(form for form in forms if form))


def search_terms(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of a search: each of them has to be in the folded names, in one of its spellings.

    At most 16 words of the first 256 letters count.
    """
    words = [_fold(text[:_MOST_LETTERS], reading).split()[:_MOST_WORDS] for reading in (_FIRST, _SECOND)]
    if len(words[0]) != len(words[1]):
        return tuple((word,) for word in words[0])
    return tuple(tuple(dict.fromkeys(spellings)) for spellings in zip(*words, strict=True))


def sort_name(text: str) -> str:
    """The name in Latin letters without diacritics, for lists: every script in one alphabet."""
    return _latin(text, _SORTED) or _signs(text)


def _fold(text: str, reading: _Reading) -> str:
    folded = _latin(text, reading)
    for found, kept in _EXCHANGED:
        folded = found.sub(kept, folded)
    return folded or _signs(text)


def _latin(text: str, reading: _Reading) -> str:
    spelled = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", spelled).translate(_APOSTROPHES).casefold())
    plain = "".join(map(_kept, unicodedata.normalize("NFKD", lower.translate(reading.letters))))
    # Again, for letters that had a diacritic: ѝ, ӣ, ӯ.
    latin = plain.translate(reading.letters).replace("o'", reading.turned_o).replace("'", "")
    return " ".join(latin.split())


def _kept(character: str) -> str:
    """Letters, numbers, emoji and apostrophes; nothing for a diacritic or an invisible sign; a space for the rest."""
    if character.isalnum() or character == "'":
        return character
    category = unicodedata.category(character)
    if category in {"Cf", "Sk"} or (category[0] == "M" and (unicodedata.combining(character) or _selects(character))):
        return ""
    return character if category[0] == "M" or category in {"So", "Co", "Cn"} else " "


def _selects(character: str) -> bool:
    """Whether it only chooses the look of the sign before it (a variation selector)."""
    return "\ufe00" <= character <= "\ufe0f"


def _signs(text: str) -> str:
    return " ".join(text.casefold().split())
