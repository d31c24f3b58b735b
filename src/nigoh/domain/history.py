"""Searches in the past: which tracks resemble a face, and what is told of them."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats
from nigoh.domain.records import SightingRecord
from nigoh.domain.sighting import CameraId

Times = NDArray[np.float64]


class HistoryOrder(StrEnum):
    """How what was found is sorted. LIKENESS: the most similar first. TIME: the newest first."""

    LIKENESS = "likeness"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFilter:
    """All that is given has to fit.

    Attributes:
        least: similarity of at least this, cosine.
        cameras: on one of these; None: on any. Nothing fits an empty set.
        since_unix_s: first seen not before, seconds since 1970.
        until_unix_s: first seen before.
        order: how what was found is sorted.
    """

    least: float
    cameras: frozenset[CameraId] | None = None
    since_unix_s: float = float("-inf")
    until_unix_s: float = float("inf")
    order: HistoryOrder = HistoryOrder.LIKENESS

    def within(self, cameras: frozenset[CameraId] | None) -> "HistoryFilter":
        """The same, but only on cameras that somebody may see; None: all."""
        if cameras is None:
            return self
        return replace(self, cameras=cameras if self.cameras is None else self.cameras & cameras)


@dataclass(frozen=True, slots=True, eq=False)
class TrackPart:
    """Templates of some tracks, a row each.

    Attributes:
        ids: of the tracks' sightings.
        cameras: where each was.
        first_unix_s: (N,) float64, when each was first seen.
        vectors: (N, D) float32, as they are stored: turned.
    """

    ids: tuple[str, ...]
    cameras: tuple[CameraId, ...]
    first_unix_s: Times
    vectors: Floats = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Hit:
    """A track that resembles a face.

    Attributes:
        id: of its sighting.
        first_unix_s: when it was first seen.
        score: similarity, cosine, to four places: so that it is the same whenever it is asked for.
    """

    id: str
    first_unix_s: float
    score: float


@dataclass(frozen=True, slots=True)
class PastSighting:
    """A sighting that was found, and how similar its track is."""

    sighting: SightingRecord
    score: float
