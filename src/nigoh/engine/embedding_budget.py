"""How many faces of each frame are embedded now, so that a crowd on one camera does not hold up the others.

A face costs 8 to 10 ms to embed on one core, a frame 1 to 6 ms to search: fifty faces in one frame are half a second
in which no other camera would be served.
"""

from collections.abc import Sequence

import numpy as np


def allot(asked: Sequence[int], each: int, together: int) -> list[int]:
    """Shares of a budget, evenly: the smallest askers get all they ask for, the others the same.

    Args:
        asked: how many faces each frame of a batch wants embedded.
        each: most for one frame.
        together: most for the batch; every frame that asks gets one all the same.

    Returns:
        How many each frame gets, in the order of `asked`.
    """
    given = [0] * len(asked)
    left = together
    order = np.argsort(np.asarray(asked), kind="stable").tolist()
    for place, row in enumerate(order):
        share = max(1, left // (len(order) - place))
        given[row] = min(asked[row], each, share)
        left = max(0, left - given[row])
    return given
