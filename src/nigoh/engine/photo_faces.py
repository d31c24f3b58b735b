"""The faces of a photo that is to be enrolled: where they are, whose may be meant, whether they are good enough."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from nigoh.domain.enrolment import Finding
from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels
from nigoh.domain.geometry import areas
from nigoh.engine.analysis import FaceAnalyser, Portraits
from nigoh.engine.photo_comparison import ComparisonPolicy


@dataclass(frozen=True, slots=True)
class EnrolmentPolicy:
    """What a photo must be to be enrolled.

    Attributes:
        least_eyes_px: least distance between the eyes. A face has about 2.2 times this width; of 24 px wide faces
            SFace still recognises 89 % at a false match rate of 1e-3, of 16 px wide ones 55 %.
        least_sharpness: least sharpness part of the quality; a blur that reaches it leaves a similarity of about 0.5.
        bystander: a second face of at least this share of the first one's area makes it unclear who is meant.
        comparison: when photos show one person or two.
    """

    least_eyes_px: float = 12.0
    least_sharpness: float = 0.03
    bystander: float = 0.35
    comparison: ComparisonPolicy = field(default_factory=ComparisonPolicy)


def portray_photo(analyser: FaceAnalyser, pixels: Pixels) -> Portraits:
    """The faces of a photo, in its pixels. A face that fills the photo is found only with a border around it."""
    faces = analyser.detect([pixels])[0]
    if len(faces):
        return analyser.portray(pixels, faces)
    border = max(pixels.shape[:2]) // 2
    grey = (127, 127, 127)
    wide = np.asarray(
        cv2.copyMakeBorder(pixels, border, border, border, border, cv2.BORDER_CONSTANT, value=grey), dtype=np.uint8
    )
    portraits = analyser.portray(wide, analyser.detect([wide])[0])
    return replace(portraits, faces=_within(portraits.faces, pixels, border))


def _within(faces: Faces, pixels: Pixels, border: int) -> Faces:
    """Faces found in the bordered photo, in pixels of the photo itself."""
    height, width = pixels.shape[:2]
    ends = np.array([width, height, width, height], np.float32)
    boxes = np.clip(faces.boxes - border, 0, ends).astype(np.float32)
    return Faces(boxes, faces.scores, (faces.landmarks - border).astype(np.float32))


def judge_portraits(portraits: Portraits, policy: EnrolmentPolicy) -> tuple[Finding, list[int]]:
    """What is to be said of a photo, and the rows of the faces that may be meant, the largest first."""
    sizes = areas(portraits.faces.boxes)
    rows = [int(row) for row in np.argsort(-sizes, kind="stable")]
    rows = [row for row in rows if sizes[row] >= policy.bystander * sizes[rows[0]]]
    if not rows:
        return Finding.NO_FACE, rows
    if len(rows) > 1:
        return Finding.SEVERAL_FACES, rows
    return judge_face(portraits, rows[0], policy), rows


def judge_face(portraits: Portraits, row: int, policy: EnrolmentPolicy) -> Finding:
    """Whether the face of a row is good enough: ENROLLED, TOO_SMALL or BLURRED."""
    eyes = portraits.faces.landmarks[row, :2]
    if float(np.linalg.norm(eyes[0] - eyes[1])) < policy.least_eyes_px:
        return Finding.TOO_SMALL
    if float(portraits.qualities.sharpness[row]) < policy.least_sharpness:
        return Finding.BLURRED
    return Finding.ENROLLED
