"""Non-maximum suppression: of boxes that overlap, the best stays."""

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats, iou


def suppress(boxes: Floats, scores: Floats, most_overlap: float) -> NDArray[np.intp]:
    """The rows that stay, best score first: each overlaps each better one by an IoU of at most `most_overlap`.

    Greedy, as in Neubeck and Van Gool (ICPR 2006). boxes (N, 4) x1 y1 x2 y2, scores (N,).
    """
    order = np.argsort(-scores, kind="stable")
    overlaps = iou(boxes[order], boxes[order]) > most_overlap
    keeps = np.ones(len(order), dtype=bool)
    for row in range(len(order)):
        if keeps[row]:
            keeps[row + 1 :] &= ~overlaps[row, row + 1 :]
    return np.asarray(order[keeps], dtype=np.intp)
