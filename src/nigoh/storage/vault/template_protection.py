"""Templates turned by a secret rotation before they are stored (cancelable biometrics, ISO/IEC 24745).

An orthogonal matrix leaves every inner product as it is, and so every score; without it, what was stored tells
nothing about the face, and the stored templates of two installations are as unrelated as those of two strangers. A
compromised installation takes another matrix, and its stored templates are cancelled.

The matrix of each length is drawn uniformly over all rotations and reflections: the QR decomposition of a matrix of
normal numbers with the signs of R made positive (Mezzadri, "How to generate random matrices from the classical
compact groups", 2007). The numbers come from SHAKE-256 over the secret, by Box and Muller, so that neither NumPy's
generators nor their versions matter; what differs between machines is rounding, some 1e-15.
"""

import hashlib
import threading

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats
from nigoh.domain.template import Templates

Matrix = NDArray[np.float64]


class TemplateProtection:
    """Turns templates and turns them back. Any thread may use it; a matrix is made when its length first occurs.

    Args:
        seed: 32 secret bytes; the same ones give the same matrices everywhere.
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._matrices: dict[int, Floats] = {}
        self._lock = threading.Lock()

    def protect(self, templates: Templates) -> Templates:
        """The templates turned. Scores between two protected ones are those of the two plain ones, within 1e-6."""
        return Templates(templates.vectors @ self._matrix(templates.model.dimension), templates.model)

    def unprotect(self, templates: Templates) -> Templates:
        """The templates turned back, within 1e-6 of what they were."""
        return Templates(templates.vectors @ self._matrix(templates.model.dimension).T, templates.model)

    def _matrix(self, dimension: int) -> Floats:
        with self._lock:
            if dimension not in self._matrices:
                self._matrices[dimension] = orthogonal_matrix(self._seed, dimension).astype(np.float32)
            return self._matrices[dimension]


def orthogonal_matrix(seed: bytes, dimension: int) -> Matrix:
    """The matrix (D, D) float64 that a seed means; 25 ms for 512."""
    normals = _normals(seed, dimension).reshape(dimension, dimension)
    q, r = np.linalg.qr(normals)
    return np.asarray(q * np.where(np.diagonal(r) < 0, -1.0, 1.0), np.float64)


def sketch(seed: bytes, dimension: int) -> Matrix:
    """Eight numbers by which a difference between two machines' matrices shows: sums over all of its entries."""
    matrix = orthogonal_matrix(seed, dimension)
    places = np.arange(dimension * dimension, dtype=np.float64).reshape(dimension, dimension)
    return np.array([float(np.sum(matrix * np.cos(places * (turn + 1)))) for turn in range(8)])


def _normals(seed: bytes, dimension: int) -> Matrix:
    """D x D independent standard normal numbers."""
    count = dimension * dimension
    pairs = (count + 1) // 2
    label = b"nigoh template protection 1\0" + dimension.to_bytes(4, "big")
    stream = hashlib.shake_256(label + seed).digest(16 * pairs)
    # 53 bits each, in (0, 1]: the logarithm of none is infinite.
    uniform = ((np.frombuffer(stream, ">u8") >> np.uint64(11)).astype(np.float64) + 1.0) * 2.0**-53
    radius, angle = np.sqrt(-2.0 * np.log(uniform[:pairs])), 2.0 * np.pi * uniform[pairs:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]
