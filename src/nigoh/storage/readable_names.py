"""Names that others chose, made safe to show: of files in an archive, of columns in a table."""

import unicodedata

_MOST_LETTERS = 120


def readable(name: str) -> str:
    """The name in Unicode form NFC with what cannot be shown (control letters, lone surrogates) written as escapes.

    A terminal obeys control letters, and a line break would make one complaint look like two. Long names are cut.
    """
    letters = unicodedata.normalize("NFC", name)
    shown = "".join(letter if letter.isprintable() else _escaped(letter) for letter in letters)
    return shown if len(shown) <= _MOST_LETTERS else f"{shown[: _MOST_LETTERS - 1]}…"


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()
