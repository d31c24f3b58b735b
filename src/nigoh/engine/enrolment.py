"""From photos of known people to a gallery, with a report on each photo."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np

from nigoh.domain.enrolment import Finding, KnownPhoto, PhotoReport
from nigoh.domain.frame import Pixels
from nigoh.domain.geometry import areas
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser, Portraits
from nigoh.engine.photo_comparison import ComparisonPolicy, ReadPhoto, compare_photos, settle_who_is_meant
from nigoh.errors import PhotoError
from nigoh.identity.gallery import Gallery
from nigoh.video.photo import read_photo


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


class Enroller:
    """Turns photos into templates and reports. One thread."""

    def __init__(self, analyser: FaceAnalyser, policy: EnrolmentPolicy) -> None:
        self._analyser = analyser
        self._policy = policy

    def enrol(self, photos: Iterable[KnownPhoto], gallery: Gallery) -> tuple[PhotoReport, ...]:
        """Add what can be recognised to the gallery; tell what became of each photo, in order."""
        read = settle_who_is_meant([self._read(photo) for photo in photos], self._policy.comparison)
        enrolled = [photo for photo in read if len(photo.templates) == 1]
        for photo in enrolled:
            gallery.add(photo.report.person, photo.templates)
        compared = iter(compare_photos(enrolled, self._policy.comparison))
        return tuple(next(compared) if len(photo.templates) == 1 else photo.report for photo in read)

    def _read(self, photo: KnownPhoto) -> ReadPhoto:
        nothing = Templates.none(self._analyser.model)
        try:
            portraits = self._portray(read_photo(photo.path))
        except PhotoError as error:
            report = PhotoReport(photo.path, photo.person, Finding.UNREADABLE, detail=str(error))
            return ReadPhoto(report, nothing, np.empty(0, np.float32))
        finding, rows = self._examine(portraits)
        quality = float(portraits.qualities.overall[rows[0]]) if rows else None
        detail = "" if finding is Finding.ENROLLED else _advice(finding, len(portraits))
        report = PhotoReport(photo.path, photo.person, finding, quality, detail)
        if finding in {Finding.ENROLLED, Finding.SEVERAL_FACES}:
            return ReadPhoto(report, self._analyser.embed(portraits.crops[rows]), portraits.qualities.overall[rows])
        return ReadPhoto(report, nothing, np.empty(0, np.float32))

    def _portray(self, pixels: Pixels) -> Portraits:
        """The faces of a photo. A face that fills the photo is found only with a border around it."""
        faces = self._analyser.detect([pixels])[0]
        if not len(faces):
            border = max(pixels.shape[:2]) // 2
            grey = (127, 127, 127)
            wide = cv2.copyMakeBorder(pixels, border, border, border, border, cv2.BORDER_CONSTANT, value=grey)
            pixels = np.asarray(wide, dtype=np.uint8)
            faces = self._analyser.detect([pixels])[0]
        return self._analyser.portray(pixels, faces)

    def _examine(self, portraits: Portraits) -> tuple[Finding, list[int]]:
        """What is to be said of a photo, and the rows of the faces that may be meant, the largest first."""
        sizes = areas(portraits.faces.boxes)
        rows = [int(row) for row in np.argsort(-sizes, kind="stable")]
        rows = [row for row in rows if sizes[row] >= self._policy.bystander * sizes[rows[0]]]
        if not rows:
            return Finding.NO_FACE, rows
        if len(rows) > 1:
            return Finding.SEVERAL_FACES, rows
        eyes = portraits.faces.landmarks[rows[0], :2]
        if float(np.linalg.norm(eyes[0] - eyes[1])) < self._policy.least_eyes_px:
            return Finding.TOO_SMALL, rows
        if float(portraits.qualities.sharpness[rows[0]]) < self._policy.least_sharpness:
            return Finding.BLURRED, rows
        return Finding.ENROLLED, rows


def _advice(finding: Finding, count: int) -> str:
    return {
        Finding.NO_FACE: "no face was found: give a photo that shows the face from the front",
        Finding.SEVERAL_FACES: f"{count} faces: crop the photo to the person who is meant",
        Finding.TOO_SMALL: "the face is too small: give a photo with at least 30 px between the eyes",
        Finding.BLURRED: "the face is blurred: give a sharper photo",
    }[finding]
