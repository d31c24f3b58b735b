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

import msgspec
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats
from nigoh.domain.template import Templates
from nigoh.errors import VaultError

Matrix = NDArray[np.float64]

_SMALL_PRODUCT = 1 << 18
"""OpenBLAS shares out products of more multiplications than these among threads, which spin for 5 ms afterwards."""

_BLOCK_ROWS = 16
_MANY_ROWS = 4096

_SKETCHED_DIMENSION = 128
"""What computes another matrix of any length computes another one of this length, in 2 ms."""

_SKETCH_VECTORS = 4
_LARGEST_DIFFERENCE = 1e-9
"""Rounding makes some 1e-14 of it; a matrix that differs by this much changes scores by less than 1e-8."""


class ProtectionSecret(msgspec.Struct, frozen=True):
    """What an installation keeps, sealed, to turn templates always in the same way.

    Attributes:
        seed: 32 random bytes.
        sketch: of the matrix of length 128, as it was where the seed was made.
    """

    seed: bytes
    sketch: list[float]

    def __repr__(self) -> str:
        return "ProtectionSecret(***)"

    @classmethod
    def of(cls, seed: bytes) -> "ProtectionSecret":
        """The secret of a new seed."""
        return cls(seed, sketch(orthogonal_matrix(seed, _SKETCHED_DIMENSION)))

    @classmethod
    def decode(cls, data: bytes) -> "ProtectionSecret":
        """The secret as it was kept."""
        return msgspec.msgpack.decode(data, type=cls)

    def encode(self) -> bytes:
        """The secret as it is kept."""
        return msgspec.msgpack.encode(self)


class TemplateProtection:
    """Turns templates and turns them back. Any thread may use it; a matrix is made when its length first occurs.

    Raises VaultError: this machine computes other matrices than the one that templates were stored with.
    """

    def __init__(self, secret: ProtectionSecret) -> None:
        here = sketch(orthogonal_matrix(secret.seed, _SKETCHED_DIMENSION))
        if not np.allclose(here, secret.sketch, rtol=0, atol=_LARGEST_DIFFERENCE):
            raise VaultError(
                "this machine protects templates in another way than the one that stored them",
                "Use the NumPy of requirements.lock, and tell us which machine this is.",
            )
        self._seed = secret.seed
        self._matrices: dict[int, Floats] = {}
        self._lock = threading.Lock()

    def protect(self, templates: Templates) -> Templates:
        """The templates turned. Scores between two protected ones are those of the two plain ones, within 1e-6."""
        return Templates(_product(templates.vectors, self._matrix(templates.model.dimension)), templates.model)

    def unprotect(self, templates: Templates) -> Templates:
        """The templates turned back, within 1e-6 of what they were."""
        return Templates(templates.vectors @ self._matrix(templates.model.dimension).T, templates.model)

    def _matrix(self, dimension: int) -> Floats:
        with self._lock:
            if dimension not in self._matrices:
                self._matrices[dimension] = orthogonal_matrix(self._seed, dimension).astype(np.float32)
            return self._matrices[dimension]


def _product(vectors: Floats, matrix: Floats) -> Floats:
    """Vectors (N, D) times a matrix (D, D), in this thread unless they are many.

    For a batch of 500 with 128 numbers 0.4 ms of CPU, where threads take 0.2 ms and 10 ms of CPU.
    """
    if len(vectors) > _MANY_ROWS:
        return vectors @ matrix
    dimension = len(matrix)
    width = max(1, _SMALL_PRODUCT // (_BLOCK_ROWS * dimension))
    found = np.empty_like(vectors)
    for left in range(0, dimension, width):
        some = np.ascontiguousarray(matrix[:, left : left + width])
        for top in range(0, len(vectors), _BLOCK_ROWS):
            found[top : top + _BLOCK_ROWS, left : left + width] = vectors[top : top + _BLOCK_ROWS] @ some
    return found


def orthogonal_matrix(seed: bytes, dimension: int) -> Matrix:
    """The matrix (D, D) float64 that a seed means; 40 ms for 512."""
    normals = _normals(seed, dimension).reshape(dimension, dimension)
    q, r = np.linalg.qr(normals)
    return np.asarray(q * np.where(np.diagonal(r) < 0, -1.0, 1.0), np.float64)


def sketch(matrix: Matrix) -> list[float]:
    """Sixteen numbers, each over all entries of a matrix, by which another matrix is noticed."""
    dimension = len(matrix)
    turns = np.outer(np.arange(1, _SKETCH_VECTORS + 1), np.arange(1, dimension + 1))
    left, right = np.cos(turns) / dimension**0.5, np.sin(turns) / dimension**0.5
    return [float(each) for each in (left @ matrix @ right.T).ravel()]


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
