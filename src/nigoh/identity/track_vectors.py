"""Templates of tracks in memory, for searches in the past: half precision, bounded, the newest stay."""

from collections.abc import Collection

import numkong
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats
from nigoh.domain.history import HistoryFilter, Hit, Times, TrackPart
from nigoh.domain.sighting import CameraId

_FIRST_ROWS = 1024
_PLACES = 4
_TENTH = 10


class TrackVectors:
    """Owns the arrays; one thread at a time.

    100,000 tracks of 128 numbers take 26 MB, their identifiers about 20 MB more.

    Args:
        dimension: D of the templates.
        most: tracks; beyond, the oldest tenth goes.
    """

    def __init__(self, dimension: int, most: int) -> None:
        if most < 1:
            raise ValueError(f"at least one track is kept, not {most}")
        self._most = most
        self._vectors = np.empty((_FIRST_ROWS, dimension), np.float16)
        self._first: Times = np.empty(_FIRST_ROWS)
        self._camera = np.empty(_FIRST_ROWS, np.int32)
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._codes: dict[CameraId, int] = {}
        self._since = float("-inf")

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def since_unix_s(self) -> float:
        """Of older ones some were left out."""
        return self._since

    @property
    def ids(self) -> frozenset[str]:
        """Of all tracks that are kept."""
        return frozenset(self._rows)

    def put(self, part: TrackPart) -> None:
        """Keep these, each instead of what was kept of it."""
        new = [place for place, each in enumerate(part.ids) if each not in self._rows]
        for place in new:
            self._rows[part.ids[place]] = len(self._ids)
            self._ids.append(part.ids[place])
        self._grow(len(self._ids))
        rows = [self._rows[each] for each in part.ids]
        self._vectors[rows] = part.vectors
        self._first[rows] = part.first_unix_s
        self._camera[rows] = [self._codes.setdefault(each, len(self._codes)) for each in part.cameras]
        if len(self._ids) > self._most:
            self._leave_out_oldest()

    def remove(self, ids: Collection[str]) -> None:
        """Forget these, as far as they are kept."""
        for each in ids:
            row = self._rows.pop(each, None)
            if row is None:
                continue
            last = len(self._ids) - 1
            if row != last:
                self._ids[row] = self._ids[last]
                self._rows[self._ids[row]] = row
                for array in (self._vectors, self._first, self._camera):
                    array[row] = array[last]
            self._ids.pop()
            self._vectors[last] = 0

    def search(self, probe: Floats, wanted: HistoryFilter) -> list[Hit]:
        """Those that resemble a probe (D,), which is turned as they are; in no order."""
        count = len(self._ids)
        if not count:
            return []
        scores = similarities(self._vectors[:count], probe)
        fits = self._fitting(wanted) & (scores >= wanted.least)
        return [
            Hit(self._ids[row], float(self._first[row]), round(float(scores[row]), _PLACES))
            for row in np.flatnonzero(fits).tolist()
        ]

    def _fitting(self, wanted: HistoryFilter) -> NDArray[np.bool_]:
        first = self._first[: len(self._ids)]
        fits = (first >= wanted.since_unix_s) & (first < wanted.until_unix_s)
        if wanted.cameras is not None:
            codes = [self._codes[each] for each in wanted.cameras if each in self._codes]
            fits &= np.isin(self._camera[: len(self._ids)], codes)
        return fits

    def _leave_out_oldest(self) -> None:
        first = self._first[: len(self._ids)]
        excess = len(self._ids) - self._most + self._most // _TENTH
        oldest = np.argpartition(first, excess - 1)[:excess]
        self._since = max(self._since, float(np.nextafter(first[oldest].max(), np.inf)))
        # Those of the very moment at which it is cut are not all there: they go, too.
        self.remove([self._ids[row] for row in np.flatnonzero(first < self._since).tolist()])

    def _grow(self, count: int) -> None:
        if count <= len(self._vectors):
            return
        size = max(count, min(2 * len(self._vectors), self._most + self._most // _TENTH))
        for name in ("_vectors", "_first", "_camera"):
            old = getattr(self, name)
            new = np.empty((size, *old.shape[1:]), old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)


def similarities(vectors: NDArray[np.float16], probe: Floats) -> Floats:
    """Cosine of each of these (N, D) with a probe (D,): (N,) float32, off by no more than 1e-3."""
    products = numkong.cdist(np.ascontiguousarray(probe, np.float16)[None], vectors, metric="dot")
    return np.asarray(products, np.float32).reshape(-1)
