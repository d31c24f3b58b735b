"""The search for the largest size that a machine sustains, in few trials, as each costs a minute. Pure."""

from collections.abc import Callable
from math import ceil

Sustains = Callable[[int], bool]
"""Tries a size. What it says may be asked once only for each."""


def find_largest(
    sustains: Sustains, begin: int, most: int, *, precision: float = 0.1, may_go_on: Callable[[], bool] = lambda: True
) -> int:
    """The largest size that was sustained; 0 if not even 1 was.

    It doubles from `begin` until a size fails (or halves until one does not), and then bisects.

    Args:
        sustains: tries a size; one that is smaller than a sustained one is taken to be sustained.
        begin: the first that is tried, from 1.
        most: none larger is tried.
        precision: ends when the smallest size that failed is at most this share above the answer.
        may_go_on: asked before each trial; False ends the search with what was found so far.
    """
    if not 1 <= begin <= most:
        raise ValueError(f"the search begins between 1 and {most}, not with {begin}")
    good, bad, size = 0, most + 1, begin
    while bad - good > max(1, ceil(precision * good)) and may_go_on():
        if sustains(size):
            good = size
        else:
            bad = size
        size = min(2 * good, most) if good and bad > most else (good + bad) // 2
    return good
