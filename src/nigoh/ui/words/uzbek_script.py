"""Uzbek in Cyrillic letters, out of the Latin ones (alphabet of 1995, orthography of 1956 for the Cyrillic side)."""

import re
from types import MappingProxyType

_LETTERS = MappingProxyType({
    "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж", "k": "к", "l": "л",
    "m": "м", "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "x": "х",
    "y": "й", "z": "з",
    "sh": "ш", "ch": "ч", "oʻ": "ў", "gʻ": "ғ", "ya": "я", "yu": "ю", "yo": "ё", "ye": "е", "ts": "ц",
    # The apostrophe that parts syllables.
    "ʼ": "ъ",
})  # fmt: skip
_VOWELS = "aeiouʻ"
_KEPT = r"\{[^}]*\}|%\([^)]*\)[sd]|https?://\S+|`[^`]*`|[A-Z][A-Z0-9.]+(?![a-zʻʼ])"
"""Places for values, addresses, what is quoted as code, and abbreviations of other languages: URL, CSV, ONVIF."""
_WORDS_KEPT = frozenset(
    word.lower()
    for word in (
        "nigoh",
        "Kafka",
        "Telegram",
        "Excel",
        "Home",
        "Assistant",
        "OpenID",
        "Connect",
        "Python",
        "Prometheus",
    )
)
_TOKEN = re.compile(rf"({_KEPT})|([A-Za-zʻʼ]+)")


def to_cyrillic(text: str) -> str:
    """The same words in Cyrillic letters; values, abbreviations and names of products stay as they are."""
    straight = text.replace("‘", "ʻ").replace("’", "ʼ")
    return _TOKEN.sub(lambda found: found[1] or _word(found[2]), straight)


def _word(word: str) -> str:
    if word.lower() in _WORDS_KEPT:
        return word
    letters: list[str] = []
    place = 0
    while place < len(word):
        # In "yoʻl" the o belongs to the mark after it, not to the y before it.
        is_pair = word[place : place + 2].lower() in _LETTERS and word[place + 2 : place + 3] != "ʻ"
        length = 2 if is_pair else 1
        latin = word[place : place + length]
        letters.append(_cased(_cyrillic(word, place, latin.lower()), latin, word))
        place += length
    return "".join(letters)


def _cyrillic(word: str, place: int, latin: str) -> str:
    # At the beginning and after a vowel e is э: elak, poema; elsewhere е.
    if latin == "e" and (place == 0 or word[place - 1].lower() in _VOWELS):
        return "э"
    # "ts" is one letter in no Uzbek word of ours; two sounds meet there: ketsa, aytsa.
    if latin == "ts":
        return "тс"
    return _LETTERS.get(latin, latin)


def _cased(cyrillic: str, latin: str, word: str) -> str:
    if not latin[0].isupper():
        return cyrillic
    return cyrillic.upper() if word.isupper() and len(word) > 1 else cyrillic.capitalize()
