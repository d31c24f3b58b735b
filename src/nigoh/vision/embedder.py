"""The seam of face embedding."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.template import ModelIdentity, Templates

CROP_PX = 112
"""Side of an aligned crop: the five landmarks at the reference places of ArcFace (Deng et al., CVPR 2019)."""


class Embedder(Protocol):
    """Turns aligned crops into templates. One thread at a time."""

    @property
    def model(self) -> ModelIdentity:
        """What its templates carry."""
        ...

    def embed(self, crops: NDArray[np.uint8]) -> Templates:
        """Templates of (N, 112, 112, 3) uint8 BGR aligned crops, row for row, unit length; N = 0 is allowed."""
        ...
