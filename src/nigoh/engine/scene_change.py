"""Whether a picture continues the last one, or the view was cut, turned or switched.

Measured on grids of 1/16 of the pixels each way: neighbouring frames of a fixed or hand-held camera differ by 1 to 12
grey levels on average, cuts of edited clips by 35 and more.
"""

import numpy as np

from nigoh.domain.frame import Pixels

_STEP_PX = 16
_CUT_LEVELS = 30.0


class SceneChange:
    """Compares each picture with the one before. Its owner is one camera's watch."""

    def __init__(self) -> None:
        self._last: np.ndarray[tuple[int, ...], np.dtype[np.int16]] | None = None

    def continues(self, pixels: Pixels) -> bool:
        """Whether the view is the same as in the last picture; True for the first."""
        grid = pixels[_STEP_PX // 2 :: _STEP_PX, _STEP_PX // 2 :: _STEP_PX, 1].astype(np.int16)
        last, self._last = self._last, grid
        if last is None:
            return True
        if last.shape != grid.shape:
            return False
        return not grid.size or float(np.abs(grid - last).mean()) < _CUT_LEVELS
