"""Lists of photo pairs, mated (one person) and non-mated (two people), as values and as text.

Two forms are read. The list of Labeled Faces in the Wild (Huang et al., "Labeled Faces in the Wild", 2007): columns
`name i j` for a mated pair and `name i name j` for a non-mated one, separated by tabs or spaces, under an optional
first line that counts: "500" is one fold of 500 mated pairs and then 500 non-mated ones, "10 300" is ten such folds
of 300. And a table with commas: two file names and Yes or No, under an optional line of headings.
"""

import csv
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from nigoh.errors import SourceError

_YES = {"yes", "true", "1", "same"}
_NO = {"no", "false", "0", "different"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos and whether they show one person.

    Attributes:
        first, second: the photos, as paths below the image folder with forward slashes; in the LFW form without
            a suffix, as in "Abdullah_Gul/Abdullah_Gul_0013".
        mated: True for one person.
    """

    first: str
    second: str
    mated: bool


@dataclass(frozen=True, slots=True)
class PairList:
    """Pairs in the order of their file, at least one, cut into `folds` parts of equal length."""

    pairs: tuple[Pair, ...]
    folds: int = 1

    def __post_init__(self) -> None:
        if not self.pairs or self.folds < 1 or len(self.pairs) % self.folds:
            raise ValueError(f"{len(self.pairs)} pairs do not make {self.folds} equal folds")

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def mated(self) -> NDArray[np.bool_]:
        """(N,) bool: which pairs show one person."""
        return np.array([pair.mated for pair in self.pairs])

    @property
    def fold_of(self) -> NDArray[np.intp]:
        """(N,) the number of each pair's fold, from 0."""
        return np.arange(len(self.pairs)) // (len(self.pairs) // self.folds)

    @property
    def photos(self) -> tuple[str, ...]:
        """Every photo once, in the order of the file."""
        return tuple(dict.fromkeys(photo for pair in self.pairs for photo in (pair.first, pair.second)))


def parse_pairs(text: str, source: str) -> PairList:
    """The pairs in a text of either form.

    Args:
        text: the file's content.
        source: the file's name, for messages.

    Raises:
        SourceError: names the file and the line that cannot be understood.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise SourceError(f"{source} holds no pairs", "Give a list of pairs; docs/evaluation.md shows its two forms.")
    if "," in lines[0][1]:
        return _from_table(lines, source)
    return _from_lfw(lines, source)


def _from_table(lines: list[tuple[int, str]], source: str) -> PairList:
    rows = [(number, _table_row(line)) for number, line in lines]
    if _decision(rows[0][1]) is None and len(rows[0][1]) == 3:
        rows = rows[1:]
    pairs = []
    for number, row in rows:
        mated = _decision(row)
        if mated is None or len(row) != 3 or not all(row):
            raise _bad_line(source, number, "is not: file, file, Yes or No")
        pairs.append(Pair(row[0], row[1], mated))
    if not pairs:
        raise SourceError(f"{source} holds no pairs", "Add a line for each pair: file, file, Yes or No.")
    return PairList(tuple(pairs))


def _table_row(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line]))]


def _decision(row: list[str]) -> bool | None:
    word = row[-1].casefold()
    return True if word in _YES else False if word in _NO else None


def _from_lfw(lines: list[tuple[int, str]], source: str) -> PairList:
    counts = _counts(lines[0][1])
    rows = islice(lines, 1 if counts else 0, None)
    pairs = tuple(_lfw_pair(line, source, number) for number, line in rows)
    if counts is None:
        return PairList(pairs)
    folds, each = counts
    promised = ([True] * each + [False] * each) * folds
    if [pair.mated for pair in pairs] != promised or not promised:
        raise SourceError(
            f"{source}, line {lines[0][0]}: promises {folds} x ({each} mated + {each} non-mated) in this order, "
            f"but {sum(pair.mated for pair in pairs)} mated and {sum(not pair.mated for pair in pairs)} follow",
            "Correct the count or leave that line out.",
        )
    return PairList(pairs, folds)


def _counts(line: str) -> tuple[int, int] | None:
    words = line.split()
    if not all(word.isdecimal() for word in words) or len(words) > 2:
        return None
    return (1, int(words[0])) if len(words) == 1 else (int(words[0]), int(words[1]))


def _lfw_pair(line: str, source: str, number: int) -> Pair:
    cells = [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
    if len(cells) == 3:
        name, first, second = cells
        return Pair(_photo(name, first, source, number), _photo(name, second, source, number), mated=True)
    if len(cells) == 4:
        one, first, other, second = cells
        return Pair(_photo(one, first, source, number), _photo(other, second, source, number), mated=False)
    raise _bad_line(source, number, f"has {len(cells)} columns, not 3 or 4 (names with spaces need tabs)")


def _photo(name: str, count: str, source: str, number: int) -> str:
    if not name or not count.isdecimal():
        raise _bad_line(source, number, f"'{count}' is not the number of a photo")
    return f"{name}/{name}_{int(count):04d}"


def _bad_line(source: str, number: int, problem: str) -> SourceError:
    return SourceError(f"{source}, line {number}: {problem}", "Correct that line.")
