"""What an engine is told of an enrolled person: templates, terms, and faces that are not theirs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.people import PersonTerms
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity, Templates


@dataclass(frozen=True, slots=True, eq=False)
class HalfTemplates:
    """Templates of one model in half precision, to be kept and sent: scores change by less than 1e-4.

    Attributes:
        vectors: (N, D) float16, each of unit length.
        model: what made them.
    """

    vectors: NDArray[np.float16]
    model: ModelIdentity

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or self.vectors.shape[1] != self.model.dimension:
            raise ValueError(f"templates of {self.model} are (N, {self.model.dimension}), not {self.vectors.shape}")
        if self.vectors.dtype != np.float16:
            raise ValueError(f"these templates are float16, not {self.vectors.dtype}")

    def __len__(self) -> int:
        return len(self.vectors)

    @classmethod
    def of(cls, templates: Templates) -> "HalfTemplates":
        """Templates, rounded."""
        return cls(templates.vectors.astype(np.float16), templates.model)

    def whole(self) -> Templates:
        """As they are compared."""
        return Templates(self.vectors.astype(np.float32), self.model)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GalleryChange:
    """All that there is of a person now, whatever there was before.

    Attributes:
        person: who.
        terms: their name and how they are treated; None: they are gone.
        templates: theirs, an entry a model.
        negatives: of faces that an operator took from them ("not this person"), an entry a model.
    """

    person: PersonId
    terms: PersonTerms | None
    templates: tuple[HalfTemplates, ...] = ()
    negatives: tuple[HalfTemplates, ...] = ()

    def templates_of(self, model: ModelIdentity) -> Templates:
        """Their templates of this model."""
        return _of(self.templates, model)

    def negatives_of(self, model: ModelIdentity) -> Templates:
        """The templates of this model that are not theirs."""
        return _of(self.negatives, model)


def _of(groups: tuple[HalfTemplates, ...], model: ModelIdentity) -> Templates:
    return next((group.whole() for group in groups if group.model == model), Templates.none(model))
