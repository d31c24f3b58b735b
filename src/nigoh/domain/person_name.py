"""What a person, a group or a list may be called: any script, nothing that cannot be shown."""

import unicodedata

MOST_LETTERS = 256

_NO_TEXT = {"Cc", "Cs", "Zl", "Zp"}
"""Control letters, lone surrogates, line and paragraph separators."""

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of the letters that follow: two names that differ can so look the same. Joiners, which
Arabic script and emoji need, are letters like others."""


def clean_name(text: str) -> str:
    """A name in Unicode form NFC, each run of white space as one space.

    Raises:
        ValueError: it is empty, longer than MOST_LETTERS, or holds what cannot be shown.
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    if not spaced:
        raise ValueError("a name is not empty")
    if len(spaced) > MOST_LETTERS:
        raise ValueError(f"a name has at most {MOST_LETTERS} letters, not {len(spaced)}")
    if any(unicodedata.category(letter) in _NO_TEXT or letter in _TURNING for letter in spaced):
        raise ValueError("a name has no control letters")
    return spaced
