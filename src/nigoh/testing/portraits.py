"""Portraits from a folder: a file per person (its stem is the name) or a folder per person."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels
from nigoh.domain.geometry import areas
from nigoh.domain.sighting import Box, PersonId, person_id, to_box
from nigoh.errors import EnrolmentError, PhotoError
from nigoh.video.photo import PHOTO_SUFFIXES, read_photo
from nigoh.vision.detector import Detector

MOST_PHOTOS = 8
"""How many photos of one person are read; a clip shows each person a few times at most."""

_LONG_SIDE_PX = 2400
_LEAST_FACE_PX = 40


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A photo of a person.

    Attributes:
        pixels: (H, W, 3) uint8 BGR, upright.
        box: where the face is in it.
    """

    pixels: Pixels
    box: Box


@dataclass(frozen=True, slots=True)
class Rejected:
    """A photo that cannot be used, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class PortraitFolder:
    """What a folder of portraits holds.

    Attributes:
        people: the usable photos of each person, at least one each.
        rejected: the photos that cannot be used.
    """

    people: dict[PersonId, tuple[Portrait, ...]]
    rejected: tuple[Rejected, ...]


def read_portraits(folder: Path, detector: Detector, at_most: int, *, seed: int = 1) -> PortraitFolder:
    """Read photos until so many people have one with a face. Which people of a larger folder: the seed chooses.

    Photos that cannot be used are reported in the result and the rest is used.

    Raises:
        EnrolmentError: the folder cannot be read, or no photo in it shows a face.
    """
    files = _files_by_person(folder)
    found: dict[PersonId, tuple[Portrait, ...]] = {}
    rejected: list[Rejected] = []
    names = sorted(files)
    for row in np.random.default_rng([seed, 9]).permutation(len(names)):
        if len(found) == at_most:
            break
        read = [_read_portrait(path, detector) for path in files[names[row]][:MOST_PHOTOS]]
        rejected += [result for result in read if isinstance(result, Rejected)]
        if portraits := tuple(result for result in read if isinstance(result, Portrait)):
            found[names[row]] = portraits
    if not found:
        first = f" ({rejected[0].path.name}: {rejected[0].reason})" if rejected else ""
        raise EnrolmentError(
            f"{folder} holds no portrait with a face{first}",
            "Put in a photo per person, named after them, or a folder of photos per person.",
        )
    return PortraitFolder(found, tuple(rejected))


def _files_by_person(folder: Path) -> dict[PersonId, list[Path]]:
    files: dict[PersonId, list[Path]] = {}
    try:
        entries = sorted(folder.iterdir())
        for entry in entries:
            photos = sorted(entry.iterdir()) if entry.is_dir() else [entry]
            name = entry.name if entry.is_dir() else entry.stem
            if chosen := [path for path in photos if path.suffix.lower() in PHOTO_SUFFIXES]:
                files.setdefault(person_id(name), []).extend(chosen)
    except OSError as error:
        raise EnrolmentError(
            f"{folder} cannot be read: {error.strerror or error}", "Give a folder of portraits."
        ) from error
    return files


def _read_portrait(path: Path, detector: Detector) -> Portrait | Rejected:
    try:
        pixels = read_photo(path)
    except PhotoError as error:
        return Rejected(path, error.what.removeprefix(str(path)).strip())
    shrink = _LONG_SIDE_PX / max(pixels.shape)
    if shrink < 1:
        smaller = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        pixels = np.asarray(smaller, dtype=np.uint8)
    return _largest_face(path, pixels, detector.detect([pixels])[0])


def _largest_face(path: Path, pixels: Pixels, faces: Faces) -> Portrait | Rejected:
    if not len(faces):
        return Rejected(path, "no face in it")
    box = to_box(faces.boxes[int(np.argmax(areas(faces.boxes)))])
    height_px = box[3] - box[1]
    if height_px < _LEAST_FACE_PX:
        return Rejected(path, f"its face is {height_px:.0f} pixels high, below {_LEAST_FACE_PX}")
    return Portrait(pixels, box)
