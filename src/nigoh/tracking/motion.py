"""Where a face can have gone: pure geometry between tracks and detections at 1 to 30 analysed frames a second.

A face is about 0.16 m wide and a person walks at 1.5 m/s: nine face sizes a second. At 30 frames a second boxes
overlap and overlap decides; at one a second they need not touch, and only appearance can tell two people apart.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats, centres, iou, sizes


@dataclass(frozen=True, slots=True)
class MotionPolicy:
    """When motion alone settles who is who.

    Attributes:
        certain_iou: least overlap of prediction and detection.
        lead_iou: by how much the overlap must exceed that of any rival, of the face or of the track.
        certain_s: after a gap longer than this overlap is no proof: in a queue the next person takes the same place.
        still_iou: unless the overlap is at least this, i.e. the face has hardly moved.
        reach_sizes: how far a face can be from its prediction, in face sizes, however short the gap.
        reach_sizes_per_s: and how much farther for each second of the gap.
    """

    certain_iou: float = 0.35
    lead_iou: float = 0.3
    certain_s: float = 0.5
    still_iou: float = 0.7
    reach_sizes: float = 1.0
    reach_sizes_per_s: float = 8.0


def predict(boxes: Floats, velocities: Floats, gaps_s: Floats) -> Floats:
    """Boxes (T, 4) moved by their centres' velocities (T, 2) px/s over gaps (T,) s, at most one face size."""
    shift = velocities * gaps_s[:, None]
    length = np.linalg.norm(shift, axis=1)
    limit = sizes(boxes)
    factor = np.minimum(1, limit / np.maximum(length, 1e-6))
    return np.asarray(boxes + np.tile(shift * factor[:, None], 2), dtype=np.float32)


def certain_matches(predicted: Floats, gaps_s: Floats, boxes: Floats, policy: MotionPolicy) -> dict[int, int]:
    """Detections (row) whose track (row) motion settles: a clear overlap and no close rival on either side."""
    if not len(predicted) or not len(boxes):
        return {}
    overlap = iou(boxes, predicted)
    matches: dict[int, int] = {}
    for row in range(len(boxes)):
        track = int(overlap[row].argmax())
        best = float(overlap[row, track])
        needed = policy.certain_iou if gaps_s[track] <= policy.certain_s else policy.still_iou
        rivals = np.concatenate([np.delete(overlap[row], track), np.delete(overlap[:, track], row)])
        if best >= needed and best - rivals.max(initial=0) >= policy.lead_iou:
            matches[row] = track
    return matches


def nearness(predicted: Floats, gaps_s: Floats, boxes: Floats, policy: MotionPolicy) -> NDArray[np.float32]:
    """How near each detection is to each prediction, (N, T) in [0, 1]: 1 on the spot, 0 out of reach.

    Distance is counted in face sizes; a size that halves or doubles in the gap counts as out of reach.
    """
    span = (sizes(boxes)[:, None] + sizes(predicted)[None, :]) / 2
    distance = np.linalg.norm(centres(boxes)[:, None] - centres(predicted)[None], axis=2) / np.maximum(span, 1)
    reach = policy.reach_sizes + policy.reach_sizes_per_s * gaps_s[None, :]
    ratio = sizes(boxes)[:, None] / np.maximum(sizes(predicted)[None, :], 1)
    grown = np.abs(np.log2(np.maximum(ratio, 1e-3)))
    near = np.clip(1 - distance / reach, 0, 1) * np.clip(1 - grown, 0, 1)
    return np.asarray(near, dtype=np.float32)
