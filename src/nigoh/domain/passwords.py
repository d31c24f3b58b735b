"""Which passwords are taken. A few rules instead of a list: nothing to download, nothing to copy.

Length is what counts (NIST SP 800-63B, 3.1.1): no kinds of characters are demanded. What guessers try first is
counted as one character each: runs of a keyboard or an alphabet, repetitions, years, words of the trade, and
what everybody knows of the user. What is left has to be long enough by itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from nigoh.errors import Invalid

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 256
"""Enough for a sentence, and little for Argon2."""

LEAST_OWN_CHARACTERS = 8
_LEAST_DIFFERENT = 5
_LEAST_RUN = 3
_LEAST_WORD = 3

_RUNS = (
    "abcdefghijklmnopqrstuvwxyz", "0123456789012", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb",
    "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
)  # fmt: skip
_WORDS = (
    "administrator", "operator", "password", "passwd", "parol", "пароль", "welcome", "letmein", "changeme", "default",
    "secret", "qwerty", "admin", "root", "test", "user", "login", "guest", "master", "hello", "nigoh", "camera",
    "kamera", "камера", "админ", "привет", "toshkent", "tashkent", "ташкент", "тошкент", "uzbekistan", "ozbekiston",
    "узбекистан", "salom",
)  # fmt: skip
_LOOKALIKES = str.maketrans("@4301!5$7+", "aaeoiisstt")
_YEAR = re.compile(r"(?:19|20)\d\d")
_REPEATED = re.compile(r"(.{1,12}?)\1+")


def prepared(password: str) -> str:
    """The password as it is hashed: however a keyboard composes its letters, it is the same (Unicode form NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, personal: Iterable[str] = ()) -> None:
    """Raise Invalid, which says why, if the password is too easy to guess.

    Args:
        password: what was chosen.
        personal: what everybody knows of the user: their login name, their display name.
    """
    password = prepared(password)
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise _refused(f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters")
    if len(set(password)) < _LEAST_DIFFERENT:
        raise _refused("the password repeats few characters")
    if own_characters(password, personal) < LEAST_OWN_CHARACTERS:
        raise _refused("the password is mostly a name, a common word, a keyboard's row or a repetition")


def own_characters(password: str, personal: Iterable[str] = ()) -> int:
    """How many characters are left when each part that guessers try first counts as one."""
    folded = prepared(password).casefold()
    known = sorted({*_WORDS, *_words_of(personal)}, key=len, reverse=True)
    return min(_left(folded, known), _left(folded.translate(_LOOKALIKES), known))


def _words_of(personal: Iterable[str]) -> list[str]:
    texts = [prepared(text).casefold() for text in personal]
    parts = [part for text in texts for part in re.split(r"[\W_]+", text)]
    return [word for word in (*texts, *parts) if len(word) >= _LEAST_WORD]


def _left(text: str, known: Sequence[str]) -> int:
    for word in known:
        text = text.replace(word, "\0")
    text = _YEAR.sub("\0", text)
    text = _REPEATED.sub(lambda found: found[1], text)
    return _count_runs_once(text)


def _count_runs_once(text: str) -> int:
    count = place = 0
    while place < len(text):
        length = _run_length(text, place)
        place += length if length >= _LEAST_RUN else 1
        count += 1
    return count


def _run_length(text: str, place: int) -> int:
    """How many characters from here on follow a keyboard's or an alphabet's order, forwards or backwards."""
    longest = 1
    for run in (*_RUNS, *(run[::-1] for run in _RUNS)):
        length = 1
        while place + length < len(text) and text[place : place + length + 1] in run:
            length += 1
        longest = max(longest, length)
    return longest


def _refused(what: str) -> Invalid:
    return Invalid("password", what, "Choose a longer one of your own, for example four or five random words.")
