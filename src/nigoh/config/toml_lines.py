"""On which line of a TOML document each key stands.

Python's TOML reader tells values and no places. This walks over a text that it has accepted, so that nothing here has
to be checked again: a statement begins a table or gives a key, and a value ends where its brackets and quotes close.
Grammar: TOML 1.0.0, https://toml.io/en/v1.0.0.
"""

import re
import tomllib
from collections.abc import Mapping

KeyPath = tuple[str | int, ...]
"""Keys, and numbers in arrays, from the document's top: ("cameras", 0, "zones", 1)."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_STRING = re.compile(r'''"""(?:\\.|[^\\])*?"{3,5}(?!")|\'{3}.*?\'{3,5}(?!\')|"(?:\\.|[^"\\])*"|'[^']*\'''', re.DOTALL)
_PLAIN = re.compile(r"[^,\]}#\n]+")


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """The line, counted from 1, of each table, key and element of an array.

    The text is a valid TOML document; a byte-order mark in front does no harm.
    """
    return _Walk(text.removeprefix("\ufeff").replace("\r\n", "\n")).lines


class _Walk:
    """Owns its place in the text; what it finds stands in `lines`."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._arrays: dict[KeyPath, int] = {}
        self._take(_BLANK)
        table: KeyPath = ()
        while self._at < len(text):
            table = self._statement(table)
            self._take(_BLANK)

    def _statement(self, table: KeyPath) -> KeyPath:
        """Pass a table's head or a key with its value; the table that the next statement stands in."""
        line = self._line
        if self._text.startswith("[", self._at):
            is_array = self._text.startswith("[[", self._at)
            self._at += 2 if is_array else 1
            table = self._resolved((), self._keys(), is_array=is_array)
            self._at += 2 if is_array else 1
            self._note((), table, line)
        else:
            self._pair(table)
        return table

    def _pair(self, table: KeyPath) -> None:
        line = self._line
        path = (*table, *self._keys())
        self._note(table, path, line)
        self._at += 1  # the equals sign
        self._take(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        """Pass a value, from its first character to behind its last."""
        match self._text[self._at]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._take(_STRING)
            case _:
                self._take(_PLAIN)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        self._take(_BLANK)
        number = 0
        while self._text[self._at] != "]":
            self.lines[*path, number] = self._line
            self._value((*path, number))
            number += 1
            self._pass_comma()
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        self._take(_BLANK)
        while self._text[self._at] != "}":
            self._pair(path)
            self._pass_comma()
        self._at += 1

    def _pass_comma(self) -> None:
        self._take(_BLANK)
        if self._text[self._at] == ",":
            self._at += 1
            self._take(_BLANK)

    def _keys(self) -> list[str]:
        """Pass a key, dotted or not, with the blanks around it; its parts."""
        parts = []
        while True:
            self._take(_SPACE)
            parts.append(_plain(self._take(_KEY_PART)))
            self._take(_SPACE)
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _resolved(self, base: KeyPath, keys: list[str], *, is_array: bool) -> KeyPath:
        """The path that a table's head means: in an array of tables its last element."""
        path = base
        for place, key in enumerate(keys, start=1):
            path = (*path, key)
            if is_array and place == len(keys):
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
        return path

    def _note(self, base: KeyPath, path: KeyPath, line: int) -> None:
        """The path's line, and that of each table above it, down to the base, that has none yet."""
        for length in range(len(base) + 1, len(path)):
            self.lines.setdefault(path[:length], line)
        self.lines[path] = line

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        taken = match[0] if match else ""
        self._at += len(taken)
        self._line += taken.count("\n")
        return taken


def _plain(part: str) -> str:
    """A part of a key without its quotes."""
    return next(iter(tomllib.loads(f"{part} = 0"))) if part[:1] in {'"', "'"} else part
