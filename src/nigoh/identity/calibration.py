"""From the false alarms that a user accepts to the threshold that a model needs.

A stranger is compared with every enrolled template. With N of them and a false match rate f per comparison, a
stranger is given a name with probability 1 - (1 - f)^N: the same threshold that is right for ten people gives a
hundred times as many false alarms for a thousand (ISO/IEC 19795-1: FPIR from FMR).
"""

import math
from collections.abc import Sequence

import numpy as np

from nigoh.domain.operating_point import OperatingPoint


def false_match_rate_for(false_alarms: float, templates: int) -> float:
    """The false match rate at which a stranger is named with probability `false_alarms` among so many templates."""
    if not 0 < false_alarms < 1:
        raise ValueError(f"false alarms are a share between 0 and 1, not {false_alarms}")
    return -math.expm1(math.log1p(-false_alarms) / max(templates, 1))


def threshold_for(false_match_rate: float, measured: Sequence[OperatingPoint]) -> float:
    """The similarity for a false match rate: between two measured points straight in its logarithm.

    Outside the measured range the nearest point stands; nothing is extrapolated.
    """
    if not measured:
        raise ValueError("a threshold needs at least one measured point")
    points = sorted(measured, key=lambda point: point.false_match_rate)
    rates = [math.log10(point.false_match_rate) for point in points]
    return float(np.interp(math.log10(false_match_rate), rates, [point.similarity for point in points]))
