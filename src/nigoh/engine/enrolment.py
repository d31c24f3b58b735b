"""From photos of known people to a gallery, with a report on each photo."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.enrolment import Finding, KnownPhoto, PhotoReport
from nigoh.domain.frame import Pixels
from nigoh.domain.geometry import areas
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser, Portraits
from nigoh.errors import PhotoError
from nigoh.identity.gallery import Gallery
from nigoh.video.photo import read_photo


@dataclass(frozen=True, slots=True)
class EnrolmentPolicy:
    """What a photo must be to be enrolled.

    Attributes:
        least_eyes_px: least distance between the eyes; below 12 px people are no longer told apart (at 16 px faces
            SFace recognises 55 % at a false match rate of 1e-3).
        least_sharpness: least sharpness part of the quality.
        bystander: a second face of at least this share of the first one's area makes it unclear who is meant.
        alike: photos of two names that are this similar are reported; strangers reach 0.465 once in 100,000.
        unlike: a photo less similar than this to each other photo of its person is reported.
    """

    least_eyes_px: float = 12.0
    least_sharpness: float = 0.12
    bystander: float = 0.35
    alike: float = 0.55
    unlike: float = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class _Enrolled:
    """A photo that made it: its report and its template (1, D)."""

    report: PhotoReport
    templates: Templates


class Enroller:
    """Turns photos into templates and reports. One thread."""

    def __init__(self, analyser: FaceAnalyser, policy: EnrolmentPolicy) -> None:
        self._analyser = analyser
        self._policy = policy

    def enrol(self, photos: Iterable[KnownPhoto], gallery: Gallery) -> tuple[PhotoReport, ...]:
        """Add what can be recognised to the gallery; tell what became of each photo, in order."""
        outcomes = [self._read(photo) for photo in photos]
        enrolled = [outcome for outcome in outcomes if isinstance(outcome, _Enrolled)]
        for each in enrolled:
            gallery.add(each.report.person, each.templates)
        compared = iter(self._compare(enrolled))
        return tuple(next(compared) if isinstance(each, _Enrolled) else each for each in outcomes)

    def _read(self, photo: KnownPhoto) -> _Enrolled | PhotoReport:
        try:
            pixels = read_photo(photo.path)
        except PhotoError as error:
            return PhotoReport(photo.path, photo.person, Finding.UNREADABLE, detail=str(error))
        portraits = self._portray(pixels)
        chosen, complaint = self._choose(portraits)
        if complaint is not None:
            quality = float(portraits.qualities.overall[chosen]) if len(portraits) else None
            return PhotoReport(photo.path, photo.person, complaint, quality, _advice(complaint, len(portraits)))
        quality = float(portraits.qualities.overall[chosen])
        report = PhotoReport(photo.path, photo.person, Finding.ENROLLED, quality)
        return _Enrolled(report, self._analyser.embed(portraits.crops[[chosen]]))

    def _portray(self, pixels: Pixels) -> Portraits:
        """The faces of a photo. A face that fills the photo is found only with a border around it."""
        faces = self._analyser.detect([pixels])[0]
        if not len(faces):
            border = max(pixels.shape[:2]) // 2
            grey = (127, 127, 127)
            wide = cv2.copyMakeBorder(pixels, *[border] * 4, cv2.BORDER_CONSTANT, value=grey)
            pixels = np.asarray(wide, dtype=np.uint8)
            faces = self._analyser.detect([pixels])[0]
        return self._analyser.portray(pixels, faces)

    def _choose(self, portraits: Portraits) -> tuple[int, Finding | None]:
        """The row of the face that is meant, and what is wrong with it if anything is."""
        if not len(portraits):
            return 0, Finding.NO_FACE
        sizes = areas(portraits.faces.boxes)
        order = np.argsort(-sizes, kind="stable")
        chosen = int(order[0])
        if len(order) > 1 and sizes[order[1]] >= self._policy.bystander * sizes[chosen]:
            return chosen, Finding.SEVERAL_FACES
        eyes = portraits.faces.landmarks[chosen, :2]
        if float(np.linalg.norm(eyes[0] - eyes[1])) < self._policy.least_eyes_px:
            return chosen, Finding.TOO_SMALL
        if float(portraits.qualities.sharpness[chosen]) < self._policy.least_sharpness:
            return chosen, Finding.BLURRED
        return chosen, None

    def _compare(self, enrolled: Sequence[_Enrolled]) -> list[PhotoReport]:
        """Look for photos of two people who look alike, and for photos unlike the person's others."""
        if not enrolled:
            return []
        vectors = np.concatenate([each.templates.vectors for each in enrolled])
        people = np.array([each.report.person for each in enrolled])
        reports = []
        for row, each in enumerate(enrolled):
            similarity = vectors @ vectors[row]
            same = people == people[row]
            reports.append(self._judge(each.report, similarity, same, enrolled, row))
        return reports

    def _judge(
        self,
        report: PhotoReport,
        similarity: NDArray[np.float32],
        same: NDArray[np.bool_],
        enrolled: Sequence[_Enrolled],
        row: int,
    ) -> PhotoReport:
        others = np.where(same, -1, similarity)
        twin = int(others.argmax())
        if others[twin] >= self._policy.alike:
            other = enrolled[twin].report
            detail = f"as like {other.person} ({other.path.name}) as one person, {others[twin]:.2f}: "
            return replace(
                report,
                finding=Finding.ALIKE,
                detail=detail + "check that both names are right; if it is one person, keep one folder",
            )
        own = np.where(same, similarity, -1)
        own[row] = -1
        if own.max() > -1 and own.max() < self._policy.unlike:
            detail = f"similarity {own.max():.2f} to the nearest other photo: check that it shows {report.person}"
            return replace(report, finding=Finding.UNLIKE, detail=detail)
        return report


def _advice(finding: Finding, count: int) -> str:
    return {
        Finding.NO_FACE: "no face was found: give a photo that shows the face from the front",
        Finding.SEVERAL_FACES: f"{count} faces: crop the photo to the person who is meant",
        Finding.TOO_SMALL: "the face is too small: give a photo with at least 30 px between the eyes",
        Finding.BLURRED: "the face is blurred: give a sharper photo",
    }[finding]


def people_of(reports: Iterable[PhotoReport]) -> tuple[PersonId, ...]:
    """Everyone who has at least one photo in the gallery."""
    return tuple(dict.fromkeys(report.person for report in reports if report.finding.is_in_gallery))
