"""Thresholds that nobody gave: what the embedder's own measurements say."""

from collections.abc import Sequence

from nigoh.errors import ConfigError
from nigoh.identity.calibration import OperatingPoint, threshold_for


def model_threshold(false_match_rate: float, measured: Sequence[OperatingPoint], model: str) -> float:
    """The similarity for a false match rate, from the catalogue's measurements of a model.

    Raises:
        ConfigError: the catalogue states none for this model.
    """
    if not measured:
        raise ConfigError(f"the catalogue states no thresholds of {model}", "Give --threshold.")
    return threshold_for(false_match_rate, measured)
