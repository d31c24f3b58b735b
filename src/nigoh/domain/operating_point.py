"""What a model's similarities are worth."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What was measured of a model: at this least cosine similarity of a match, how many strangers match.

    Attributes:
        false_match_rate: share of comparisons of two people that reach the similarity.
        similarity: cosine similarity in [-1, 1].
    """

    false_match_rate: float
    similarity: float
