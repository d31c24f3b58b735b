"""Templates as a gallery keeps them: a coarse code to sift them by, and the rest to rank them by.

A template's numbers are rounded to 16 bits on a scale of its own, and stand in two planes of 8 bits each. The coarse
plane alone is searched, which reads half the memory; how far a score from it may be off is known, so that what it
cannot rule out is ranked by both planes, and nothing is missed. Both planes take what half precision takes and are
more exact: scores are within 1e-5 of those of single precision, where half precision leaves 3e-5.
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats

Rows = NDArray[np.intp]
_COARSE_MOST, _COARSE_STEP = 127, 256


class Precision(Enum):
    """How exactly a gallery keeps templates.

    SINGLE: as they are, and 8 bits a number beside them: 5 bytes. HALF: at 16 bits: 2 bytes.
    """

    SINGLE = auto()
    HALF = auto()


@dataclass(frozen=True, slots=True, eq=False)
class TemplateCodes:
    """N templates, a row each: number i of a row is step * (256 * coarse[i] + fine[i]).

    Attributes:
        coarse: (N, D) int8.
        fine: (N, D) int8; of Precision.SINGLE the numbers themselves, float32.
        steps: (N,) float32.
    """

    coarse: NDArray[np.int8]
    fine: NDArray[np.int8] | Floats
    steps: Floats

    def __len__(self) -> int:
        return len(self.steps)

    @classmethod
    def room_for(cls, rows: int, dimension: int, precision: Precision) -> "TemplateCodes":
        """So many rows without content. The system gives their memory when they are written."""
        shape = rows, dimension
        fine = np.empty(shape, np.float32) if precision is Precision.SINGLE else np.empty(shape, np.int8)
        return cls(np.empty(shape, np.int8), fine, np.empty(rows, np.float32))

    def whole(self, rows: Rows | slice) -> Floats:
        """The templates of these rows, (M, D) float32."""
        if self.fine.dtype == np.float32:
            return np.asarray(self.fine[rows], np.float32)
        whole = self.coarse[rows].astype(np.float32) * _COARSE_STEP
        whole += self.fine[rows]
        whole *= self.steps[rows, None]
        return whole

    def pick(self, rows: Rows | slice) -> "TemplateCodes":
        """The chosen rows."""
        return TemplateCodes(self.coarse[rows], self.fine[rows], self.steps[rows])

    def write(self, begin: int, codes: "TemplateCodes") -> None:
        """Write other codes of the same precision into the rows from this one on."""
        rows = slice(begin, begin + len(codes))
        self.coarse[rows], self.fine[rows], self.steps[rows] = codes.coarse, codes.fine, codes.steps

    def looseness(self, rows: slice) -> float:
        """The largest distance between a template and what its coarse code alone says, 0 of none."""
        rest = self.whole(rows) - self.coarse[rows] * (self.steps[rows, None] * np.float32(_COARSE_STEP))
        return float(np.linalg.norm(rest, axis=1).max(initial=0.0))


def encode(vectors: Floats, precision: Precision) -> TemplateCodes:
    """The codes of templates (N, D), each of unit length."""
    steps = np.abs(vectors).max(axis=1, initial=0.0) / np.float32(_COARSE_MOST * _COARSE_STEP)
    steps = np.maximum(steps, np.finfo(np.float32).tiny)
    numbers = np.rint(vectors / steps[:, None]).astype(np.int32)
    # An arithmetic shift rounds down: with half a step added, to the nearest.
    coarse = (numbers + _COARSE_STEP // 2) >> 8
    fine = vectors if precision is Precision.SINGLE else (numbers - coarse * _COARSE_STEP).astype(np.int8)
    return TemplateCodes(coarse.astype(np.int8), fine, steps)


@dataclass(frozen=True, slots=True, eq=False)
class CoarseProbes:
    """P probes as the coarse plane is searched with them.

    Attributes:
        codes: (P, D) int8.
        steps: (P,) float32: what an int32 product with codes of step 1 has to be multiplied by.
        looseness: (P,) float32, the distance between each probe and what its code says.
    """

    codes: NDArray[np.int8]
    steps: Floats
    looseness: Floats

    @classmethod
    def of(cls, probes: Floats) -> "CoarseProbes":
        """The codes of probes (P, D)."""
        steps = np.abs(probes).max(axis=1, keepdims=True, initial=0.0) / np.float32(_COARSE_MOST)
        steps = np.maximum(steps, np.finfo(np.float32).tiny)
        codes = np.rint(probes / steps)
        looseness = np.linalg.norm(probes - codes * steps, axis=1)
        return cls(codes.astype(np.int8), steps[:, 0] * _COARSE_STEP, np.asarray(looseness, np.float32))
