"""Sightings held against the truth of a clip. Pure.

A sighting belongs to an appearance when the two overlap in time and, at the moment of the sighting's best shot, the
boxes agree: intersection over union of LEAST_IOU or more, or the best shot's centre inside the true box. A sighting
that belongs to none is false. Of several appearances the one with the largest overlap of boxes counts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from nigoh.domain.geometry import iou
from nigoh.domain.sighting import Box, PersonId, Sighting, person_id
from nigoh.domain.truth import Appearance, Truth

LEAST_IOU = 0.3


class Outcome(StrEnum):
    """What became of one appearance.

    MISSED: no sighting. NAMED: an enrolled person, named so. UNNAMED: an enrolled person, seen but never named.
    UNKNOWN: nobody enrolled, and never named. WRONG_NAME: some sighting bears the name of somebody else.
    """

    NAMED = "named"
    UNKNOWN = "unknown"
    UNNAMED = "unnamed"
    WRONG_NAME = "wrong name"
    MISSED = "missed"


RIGHT = (Outcome.NAMED, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ScoredAppearance:
    """One appearance and what was reported of it.

    Attributes:
        appearance: the truth.
        enrolled: whether its person is.
        outcome: what became of it.
        sightings: those that belong to it, first seen first.
    """

    appearance: Appearance
    enrolled: bool
    outcome: Outcome
    sightings: tuple[Sighting, ...]

    @property
    def latency_s(self) -> float | None:
        """From entering to the first moment of the first sighting, seconds; None when missed.

        A stand-in for the delay of an alert: a name is known only some frames after the first moment.
        """
        return self.sightings[0].first_s - self.appearance.enter_s if self.sightings else None


@dataclass(frozen=True, slots=True)
class VideoScore:
    """A clip, scored: each appearance in the order of the truth, and the sightings that belong to none."""

    appearances: tuple[ScoredAppearance, ...]
    false_sightings: tuple[Sighting, ...]

    def count(self, *outcomes: Outcome) -> int:
        """How many appearances had one of these outcomes."""
        return sum(scored.outcome in outcomes for scored in self.appearances)

    @property
    def fragmentation(self) -> float | None:
        """Sightings for each appearance that was found; 1 is best; None when none was."""
        found = [len(scored.sightings) for scored in self.appearances if scored.sightings]
        return sum(found) / len(found) if found else None


def score_video(truth: Truth, sightings: Sequence[Sighting], enrolled: Collection[PersonId]) -> VideoScore:
    """Hold sightings against the truth; `enrolled` are the people whom the watch could know."""
    slack_s = 1 / truth.fps
    known = {person_id(person) for person in enrolled}
    belonging: list[list[Sighting]] = [[] for _ in truth.appearances]
    false: list[Sighting] = []
    for sighting in sorted(sightings, key=lambda one: (one.first_s, one.track)):
        fits = [_fit(sighting, appearance, slack_s) for appearance in truth.appearances]
        if any(fit is not None for fit in fits):
            belonging[int(np.argmax([-1.0 if fit is None else fit for fit in fits]))].append(sighting)
        else:
            false.append(sighting)
    scored = tuple(
        _score(appearance, tuple(theirs), person_id(appearance.person) in known)
        for appearance, theirs in zip(truth.appearances, belonging, strict=True)
    )
    return VideoScore(scored, tuple(false))


def enrolled_by_hint(truth: Truth) -> frozenset[PersonId]:
    """Whom the truth itself means to be enrolled: those it says so of, or everybody where it says nothing."""
    hints = {appearance.person: appearance.enrolled_hint for appearance in truth.appearances}
    if all(hint is None for hint in hints.values()):
        return frozenset(hints)
    return frozenset(person for person, hint in hints.items() if hint)


def _fit(sighting: Sighting, appearance: Appearance, slack_s: float) -> float | None:
    """Intersection over union at the best shot, in [0, 1]; None where the two do not belong together."""
    if sighting.last_s < appearance.enter_s - slack_s or sighting.first_s > appearance.leave_s + slack_s:
        return None
    there = appearance.box_at(sighting.best.t_s, slack_s=slack_s)
    if there is None:
        return None
    overlap = float(iou(_row(sighting.best.box), _row(there))[0, 0])
    x1, y1, x2, y2 = sighting.best.box
    inside = there[0] <= (x1 + x2) / 2 <= there[2] and there[1] <= (y1 + y2) / 2 <= there[3]
    return overlap if inside or overlap >= LEAST_IOU else None


def _row(box: Box) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array([box], np.float32)


def _score(appearance: Appearance, sightings: tuple[Sighting, ...], known: bool) -> ScoredAppearance:
    names = {person_id(sighting.person) for sighting in sightings if sighting.person}
    if not sightings:
        outcome = Outcome.MISSED
    elif names - {person_id(appearance.person)}:
        outcome = Outcome.WRONG_NAME
    elif names:
        outcome = Outcome.NAMED
    else:
        outcome = Outcome.UNNAMED if known else Outcome.UNKNOWN
    return ScoredAppearance(appearance, known, outcome, sightings)
