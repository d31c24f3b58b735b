"""Templates like those of a face model, and probes of people who are among them and of strangers.

SFace's templates of 2,789 people (LFW, view 1) use their 128 numbers almost evenly: the largest of the principal
components has 1.5 % of the variance, the smallest 0.15 %. Their mean has a length of 0.29; two strangers have a
similarity of 0.08 +- 0.09, two photos of one person 0.65 +- 0.12. Those of 512 numbers are made to the same shape.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nigoh.domain.geometry import Floats
from nigoh.domain.template import ModelIdentity

_AT = np.array([0, 4, 8, 16, 32, 64, 100, 127]) / 127
_VARIANCES = np.array([1.451, 1.347, 1.267, 1.137, 0.964, 0.739, 0.532, 0.153])
_MEAN_LENGTH = 0.29
_SAME_PERSON, _SAME_PERSON_SPREAD = 0.65, 0.12
_LEAST, _MOST = 0.3, 0.97
_PART = 20_000


@dataclass(frozen=True, slots=True)
class Material:
    """So many templates of this length; the same each time."""

    templates: int
    dimension: int

    @property
    def model(self) -> ModelIdentity:
        """A model that does not exist."""
        return ModelIdentity("simulated", "1", "0" * 64, "none", self.dimension)

    def parts(self) -> Iterator[tuple[int, Floats]]:
        """The templates, (M, D) each, and the number of the first."""
        for begin in range(0, self.templates, _PART):
            yield begin, self._faces(min(_PART, self.templates - begin), begin)

    def whole(self) -> Floats:
        """The templates, (N, D)."""
        return np.concatenate([part for _, part in self.parts()])

    def mated(self, count: int) -> tuple[Floats, list[int]]:
        """Other photos of people of the first part, (count, D), and the numbers of their templates."""
        enrolled = next(self.parts())[1]
        random = np.random.default_rng(101)
        rows = random.choice(len(enrolled), count, replace=False)
        own = enrolled[rows]
        alike = np.clip(random.normal(_SAME_PERSON, _SAME_PERSON_SPREAD, (count, 1)), _LEAST, _MOST)
        other = self._faces(count, seed=102)
        other = _unit(other - (other * own).sum(axis=1, keepdims=True) * own)
        probes = alike * own + np.sqrt(1 - alike**2) * other
        return _unit(probes), rows.tolist()

    def strangers(self, count: int) -> Floats:
        """Photos of people who are not among them, (count, D)."""
        return self._faces(count, seed=103)

    def _faces(self, count: int, seed: int) -> Floats:
        variances = np.interp(np.linspace(0, 1, self.dimension), _AT, _VARIANCES)
        spread = np.sqrt(variances / variances.sum() * (1 - _MEAN_LENGTH**2))
        mean = np.random.default_rng(99).standard_normal(self.dimension)
        mean *= _MEAN_LENGTH / np.linalg.norm(mean)
        faces = np.random.default_rng([seed, self.dimension]).standard_normal((count, self.dimension))
        return _unit(faces * spread + mean)


def _unit(vectors: np.typing.NDArray[np.floating]) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
