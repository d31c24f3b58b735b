"""Checks the chain, entry by entry, and says which is the first broken one and what is wrong with it."""

from collections.abc import Iterable
from dataclasses import replace

from nigoh.domain.audit_chain import Anchor, ChainBreak, ChainReport, Damage
from nigoh.storage.audit.encoding import FIRST_PREVIOUS, StoredEntry

_SEARCHED = 2000
"""How far from its number an entry is looked for in which it may have stood."""


def verify(entries: Iterable[StoredEntry], anchors: Iterable[Anchor] = ()) -> ChainReport:
    """Check entries, which come in the order of their numbers, up to the first broken one; keeps one of them.

    The chain alone shows what was changed, left out or moved. Who owns the database can cut off its end, or write it
    anew from some entry on with new hashes: that only shows against heads that were noted elsewhere.

    Args:
        entries: the whole audit.
        anchors: heads that were noted outside the database.
    """
    check = _Check(anchors)
    for entry in entries:
        first_break = check.take(entry)
        if first_break is not None:
            return check.report(first_break)
    return check.report(check.end())


class _Check:
    """Owns how far the chain was followed."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self._anchors: dict[int, set[str]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.number, set()).add(anchor.hash)
        self._last = Anchor(0, FIRST_PREVIOUS)
        self._held = 0

    def take(self, entry: StoredEntry) -> ChainBreak | None:
        """Check the next entry."""
        first_break = self._number_break(entry) or self._content_break(entry) or self._link_break(entry)
        if first_break is None:
            first_break = self._anchor_break(entry)
        if first_break is None:
            self._last = Anchor(entry.number, entry.hash)
        return first_break

    def end(self) -> ChainBreak | None:
        """Check that nothing was noted that comes after the last."""
        newest = max(self._anchors, default=0)
        if newest <= self._last.number:
            return None
        first = self._last.number + 1
        return ChainBreak(first, Damage.TRUNCATED, f"{_entries(first, newest)} cut off at the end")

    def report(self, first_break: ChainBreak | None) -> ChainReport:
        head = self._last if self._last.number else None
        return ChainReport(self._last.number, head, self._held, first_break)

    def _number_break(self, entry: StoredEntry) -> ChainBreak | None:
        expected = self._last.number + 1
        if entry.number == expected:
            return None
        if entry.number < expected:
            return ChainBreak(entry.number, Damage.CHANGED, "its number is none that an entry gets")
        return ChainBreak(expected, Damage.MISSING, f"{_entries(expected, entry.number - 1)} missing")

    def _content_break(self, entry: StoredEntry) -> ChainBreak | None:
        try:
            if entry.true_hash() == entry.hash:
                return None
        except ValueError as error:
            return ChainBreak(entry.number, Damage.CHANGED, str(error))
        written = _number_when_written(entry)
        if written is not None:
            return ChainBreak(entry.number, Damage.REORDERED, f"what stands there was written as entry {written}")
        return ChainBreak(entry.number, Damage.CHANGED, "what it says, or its hash, is not what was written")

    def _link_break(self, entry: StoredEntry) -> ChainBreak | None:
        if entry.previous == self._last.hash:
            return None
        if not self._last.number:
            return ChainBreak(entry.number, Damage.CHANGED, "it was chained to an entry before it, and is the first")
        return ChainBreak(
            self._last.number,
            Damage.CHANGED,
            f"it is not the one that entry {entry.number} was chained to: one of the two was written anew",
        )

    def _anchor_break(self, entry: StoredEntry) -> ChainBreak | None:
        noted = self._anchors.get(entry.number)
        if noted is None:
            return None
        if noted != {entry.hash}:
            return ChainBreak(
                entry.number,
                Damage.CHANGED,
                "it is not the one that was noted outside: it, or one before it, was written anew with all after it",
            )
        self._held += 1
        return None


def _number_when_written(entry: StoredEntry) -> int | None:
    """The other number near by under which an entry has the hash that it has, or None."""
    for number in range(max(1, entry.number - _SEARCHED), entry.number + _SEARCHED):
        if number != entry.number and replace(entry, number=number).true_hash() == entry.hash:
            return number
    return None


def _entries(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"
