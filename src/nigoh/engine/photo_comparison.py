"""Photos of known people compared with each other: whose face is meant, who looks alike, which photo is odd."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nigoh.domain.enrolment import Finding, PhotoReport
from nigoh.domain.geometry import Floats
from nigoh.domain.template import Templates


@dataclass(frozen=True, slots=True)
class ComparisonPolicy:
    """When photos are said to show one person or two.

    Attributes:
        meant: in a photo of several people, the face this similar to the person's other photos is the one meant.
        alike: photos of two names that are this similar are reported; strangers reach 0.465 once in 100,000.
        unlike: a photo less similar than this to each other photo of its person is reported.
    """

    meant: float = 0.42
    alike: float = 0.55
    unlike: float = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class ReadPhoto:
    """A photo that was read.

    Attributes:
        report: what was found in it.
        templates: (N, D) of its usable faces: one if it is clear who is meant, several if not, else none.
        qualities: (N,) float32, of these faces.
    """

    report: PhotoReport
    templates: Templates
    qualities: Floats


def settle_who_is_meant(photos: Sequence[ReadPhoto], policy: ComparisonPolicy) -> list[ReadPhoto]:
    """In photos of several people, take the face that resembles the person's other photos."""
    return [_settle(photo, photos, policy) if len(photo.templates) > 1 else photo for photo in photos]


def _settle(photo: ReadPhoto, photos: Sequence[ReadPhoto], policy: ComparisonPolicy) -> ReadPhoto:
    clear = [
        each.templates.vectors
        for each in photos
        if len(each.templates) == 1 and each.report.person == photo.report.person
    ]
    if not clear:
        return photo
    similarity = (photo.templates.vectors @ np.concatenate(clear).T).max(axis=1)
    row = int(similarity.argmax())
    if similarity[row] < policy.meant:
        return photo
    report = PhotoReport(photo.report.path, photo.report.person, Finding.ENROLLED, float(photo.qualities[row]))
    return ReadPhoto(report, photo.templates.pick([row]), photo.qualities[[row]])


def compare_photos(photos: Sequence[ReadPhoto], policy: ComparisonPolicy) -> list[PhotoReport]:
    """The reports of enrolled photos, with what a comparison of all of them brings to light."""
    if not photos:
        return []
    vectors = np.concatenate([each.templates.vectors for each in photos])
    people = np.array([each.report.person for each in photos])
    return [
        _judge(row, vectors @ vectors[row], people == people[row], [each.report for each in photos], policy)
        for row in range(len(photos))
    ]


def _judge(
    row: int, similarity: Floats, same: np.ndarray, reports: Sequence[PhotoReport], policy: ComparisonPolicy
) -> PhotoReport:
    report = reports[row]
    strangers = np.where(same, -1, similarity)
    twin = int(strangers.argmax())
    if strangers[twin] >= policy.alike:
        other = reports[twin]
        detail = (
            f"as like {other.person} ({other.path.name}) as one person, similarity {strangers[twin]:.2f}: check both "
            "names, and keep one if it is one person"
        )
        return replace(report, finding=Finding.ALIKE, detail=detail)
    own = np.where(same, similarity, -1)
    own[row] = -1
    if -1 < own.max() < policy.unlike:
        detail = f"similarity {own.max():.2f} to the nearest other photo: check that it shows {report.person}"
        return replace(report, finding=Finding.UNLIKE, detail=detail)
    return report
