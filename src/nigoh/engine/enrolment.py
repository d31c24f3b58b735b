"""From photos of known people to a gallery, with a report on each photo."""

from collections.abc import Iterable

import numpy as np

from nigoh.domain.enrolment import Finding, KnownPhoto, PhotoReport
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.photo_comparison import ReadPhoto, compare_photos, settle_who_is_meant
from nigoh.engine.photo_faces import EnrolmentPolicy, judge_portraits, portray_photo
from nigoh.errors import PhotoError
from nigoh.identity.gallery import Gallery
from nigoh.video.photo import read_photo


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
            portraits = portray_photo(self._analyser, read_photo(photo.path))
        except PhotoError as error:
            report = PhotoReport(photo.path, photo.person, Finding.UNREADABLE, detail=str(error))
            return ReadPhoto(report, nothing, np.empty(0, np.float32))
        finding, rows = judge_portraits(portraits, self._policy)
        quality = float(portraits.qualities.overall[rows[0]]) if rows else None
        detail = "" if finding is Finding.ENROLLED else _advice(finding, len(portraits))
        report = PhotoReport(photo.path, photo.person, finding, quality, detail)
        if finding in {Finding.ENROLLED, Finding.SEVERAL_FACES}:
            return ReadPhoto(report, self._analyser.embed(portraits.crops[rows]), portraits.qualities.overall[rows])
        return ReadPhoto(report, nothing, np.empty(0, np.float32))


def _advice(finding: Finding, count: int) -> str:
    return {
        Finding.NO_FACE: "no face was found: give a photo that shows the face from the front",
        Finding.SEVERAL_FACES: f"{count} faces: crop the photo to the person who is meant",
        Finding.TOO_SMALL: "the face is too small: give a photo with at least 30 px between the eyes",
        Finding.BLURRED: "the face is blurred: give a sharper photo",
    }[finding]
