"""Every key of a TOML document is found on the line on which its user wrote it."""

import tomllib
from collections.abc import Iterator

import numpy as np
import pytest

from nigoh.config.toml_lines import KeyPath, key_lines

DOCUMENT = '''\
# a comment with [brackets] and "quotes"
title = "a # no comment"
a.b."c d" = 1
a.b.e = [
  1,   # one
  [2, 3,
   4],
  { x = 1, y.z = [
    5 ] },
]

[table]
text = """
key = 'not a key'
  ["neither"] \\""" still
"""
raw = \'\'\'
[no.table]
it's ''quoted\'\'\'\'\'
date = 1979-05-27 07:32:00Z  # with a space
after = { "quoted key" = "}", 'other' = [ { deep = true } ] }

[ table . "sub.table" ]
key = 1

[[cameras]]
name = "one"
  [cameras.options]
  speed = 1.5
  [[cameras.lenses]]
  mm = 4
  [[cameras.lenses]]
  mm = 8

[[cameras]]
name = "two"
[[cameras.lenses]]
mm = 12
'''

EXPECTED: dict[KeyPath, int] = {
    ("title",): 2,
    ("a",): 3,
    ("a", "b", "c d"): 3,
    ("a", "b", "e"): 4,
    ("a", "b", "e", 0): 5,
    ("a", "b", "e", 1): 6,
    ("a", "b", "e", 1, 2): 7,
    ("a", "b", "e", 2, "x"): 8,
    ("a", "b", "e", 2, "y"): 8,
    ("a", "b", "e", 2, "y", "z", 0): 9,
    ("table",): 12,
    ("table", "text"): 13,
    ("table", "raw"): 17,
    ("table", "date"): 20,
    ("table", "after"): 21,
    ("table", "after", "quoted key"): 21,
    ("table", "after", "other", 0, "deep"): 21,
    ("table", "sub.table"): 23,
    ("table", "sub.table", "key"): 24,
    ("cameras",): 26,
    ("cameras", 0): 26,
    ("cameras", 0, "name"): 27,
    ("cameras", 0, "options"): 28,
    ("cameras", 0, "options", "speed"): 29,
    ("cameras", 0, "lenses", 0): 30,
    ("cameras", 0, "lenses", 0, "mm"): 31,
    ("cameras", 0, "lenses", 1): 32,
    ("cameras", 0, "lenses", 1, "mm"): 33,
    ("cameras", 1): 35,
    ("cameras", 1, "name"): 36,
    ("cameras", 1, "lenses", 0): 37,
    ("cameras", 1, "lenses", 0, "mm"): 38,
}


def paths_of(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """All keys and elements of a document, as Python's reader understands it."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key)
            yield from paths_of(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield (*path, number)
            yield from paths_of(each, (*path, number))


def test_every_key_stands_where_it_was_written() -> None:
    lines = key_lines(DOCUMENT)
    assert {path: lines.get(path) for path in EXPECTED} == EXPECTED


def test_line_ends_of_windows_change_nothing() -> None:
    assert key_lines(DOCUMENT.replace("\n", "\r\n")) == key_lines(DOCUMENT)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing", "a=1", '"" = 0', "[a]", "a=[]\nb={}", 'x=""""""\ny=1'])
def test_small_documents_are_walked_to_their_end(text: str) -> None:
    assert set(key_lines(text)) == set(paths_of(tomllib.loads(text)))


def test_whatever_python_reads_is_walked_and_finds_the_same_keys() -> None:
    dice = np.random.default_rng(5)
    pieces = ["", "\n", "'", '"', "[", "]", ".", "= 1", "#", "{", " "]
    read = 0
    for _ in range(6000):
        text = DOCUMENT
        for _ in range(dice.integers(1, 4)):
            at, size = dice.integers(len(text)), dice.integers(13)
            text = text[:at] + str(dice.choice(pieces)) + text[at + size :]
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        read += 1
        assert set(key_lines(text)) == set(paths_of(document)), text
    assert read > 100
