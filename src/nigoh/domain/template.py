"""Templates: what a face becomes to be compared. A template carries its model's identity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats
from nigoh.errors import TemplateMismatch


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model made a template; two templates compare only if theirs are equal.

    Attributes:
        name: as in the catalogue, e.g. "sface".
        version: as in the catalogue, e.g. "2021dec".
        digest: SHA-256 of the model file, hexadecimal.
        preprocessing: what was done to the pixels, e.g. "align5-112/rgb/0..255".
        dimension: length of a template.
    """

    name: str
    version: str
    digest: str
    preprocessing: str
    dimension: int

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """The templates of N faces of one model, a row each.

    Attributes:
        vectors: (N, D) float32, each of unit length.
        model: what made them.
    """

    vectors: Floats
    model: ModelIdentity

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or self.vectors.shape[1] != self.model.dimension:
            raise ValueError(f"templates of {self.model} are (N, {self.model.dimension}), not {self.vectors.shape}")
        if self.vectors.dtype != np.float32:
            raise ValueError(f"templates are float32, not {self.vectors.dtype}")
        norms = np.linalg.norm(self.vectors, axis=1)
        if len(norms) and not np.allclose(norms, 1, atol=1e-3):
            raise ValueError("templates have unit length")

    def __len__(self) -> int:
        return len(self.vectors)

    @classmethod
    def none(cls, model: ModelIdentity) -> "Templates":
        """No templates of this model: N = 0."""
        return cls(np.empty((0, model.dimension), np.float32), model)

    def pick(self, rows: NDArray[np.intp] | NDArray[np.bool_] | list[int]) -> "Templates":
        """The chosen rows."""
        chosen = np.asarray(rows, dtype=np.intp) if isinstance(rows, list) else rows
        return Templates(self.vectors[chosen], self.model)

    def similarity(self, other: "Templates") -> Floats:
        """Cosine similarity of each pair: (N, M) in [-1, 1].

        Raises:
            TemplateMismatch: the two come from different models.
        """
        require_same_model(self.model, other.model)
        return np.asarray(self.vectors @ other.vectors.T, dtype=np.float32)


def require_same_model(ours: ModelIdentity, theirs: ModelIdentity) -> None:
    """Raise TemplateMismatch unless both name the same model."""
    if ours != theirs:
        raise TemplateMismatch(
            f"templates of {theirs} ({theirs.digest[:8]}) do not compare with those of {ours} ({ours.digest[:8]})",
            "Enrol the photos again with the model in use.",
        )
