"""Photos become templates, one a photo: its subject's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.frame import Pixels
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import PhotoError
from nigoh.evaluation.subjects import choose_subject
from nigoh.video.photo import read_photo

BATCH = 16
"""Photos analysed at once: large enough to fill the runtime, small enough for photos of 20 million pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoTemplates:
    """The templates of photos.

    Attributes:
        templates: one for each photo with a face.
        row_of: which row a photo's template is; a photo without a face has none.
        undetected: the photos in which no face was found, in the order given.
        unreadable: the photos that could not be read, and why. They count as undetected too.
    """

    templates: Templates
    row_of: dict[Path, int]
    undetected: tuple[Path, ...]
    unreadable: dict[Path, str]


def describe_photos(
    photos: Sequence[Path], analyser: FaceAnalyser, on_progress: Callable[[int], None]
) -> PhotoTemplates:
    """Find the subject of each photo and make its template.

    Args:
        photos: each once, any number.
        analyser: what finds and describes faces.
        on_progress: called with the number of photos done since the last call.
    """
    unreadable: dict[Path, str] = {}
    row_of: dict[Path, int] = {}
    parts = [Templates.none(analyser.model)]
    for paths, pictures in _batches(photos, unreadable):
        found = _subjects(pictures, analyser)
        row_of.update({paths[row]: len(row_of) + place for place, row in enumerate(found)})
        if found:
            parts.append(analyser.embed(np.concatenate(list(found.values()))))
        on_progress(len(paths))
    on_progress(len(unreadable))
    return PhotoTemplates(
        templates=Templates(np.concatenate([part.vectors for part in parts]), analyser.model),
        row_of=row_of,
        undetected=tuple(photo for photo in photos if photo not in row_of),
        unreadable=unreadable,
    )


def _batches(photos: Sequence[Path], unreadable: dict[Path, str]) -> Iterator[tuple[list[Path], list[Pixels]]]:
    """Readable photos with their pixels, BATCH at a time; the others are noted in `unreadable`."""
    reading = _read(photos, unreadable)
    while batch := list(islice(reading, BATCH)):
        yield [path for path, _ in batch], [pixels for _, pixels in batch]


def _read(photos: Sequence[Path], unreadable: dict[Path, str]) -> Iterator[tuple[Path, Pixels]]:
    for photo in photos:
        try:
            yield photo, read_photo(photo)
        except PhotoError as error:
            unreadable[photo] = error.what


def _subjects(pictures: Sequence[Pixels], analyser: FaceAnalyser) -> dict[int, NDArray[np.uint8]]:
    """The (1, 112, 112, 3) crop of each picture's subject, by its row; pictures without a face are left out."""
    crops: dict[int, NDArray[np.uint8]] = {}
    for row, (pixels, faces) in enumerate(zip(pictures, analyser.detect(pictures), strict=True)):
        subject = choose_subject(faces, pixels.shape[1], pixels.shape[0])
        if subject is not None:
            crops[row] = analyser.portray(pixels, faces.pick([subject])).crops
    return crops
