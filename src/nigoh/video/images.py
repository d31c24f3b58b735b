"""A folder of pictures as a source."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from nigoh.domain.frame import Frame, Pixels
from nigoh.errors import PhotoError, SourceError
from nigoh.video.options import SourceOptions
from nigoh.video.photo import PHOTO_SUFFIXES, read_photo
from nigoh.video.sampling import Sampling
from nigoh.video.source import SourceFaults, SourceInfo


class ImageSource:
    """The pictures of a folder, or a single one, as a source (see `nigoh.video.source.Source`).

    They come in the natural order of their names (2.jpg before 10.jpg); subfolders and hidden files are left out.
    Picture i is at i / `image_fps` seconds, one a second by default. One that cannot be read keeps its number and
    its second, is skipped and counted. Sizes may differ; `info` has that of the first. Owner: the reading thread.
    """

    def __init__(self, path: Path, options: SourceOptions) -> None:
        """List the pictures and read the first.

        Raises:
            SourceError: there is none that can be read.
        """
        self._options = options
        self._closed = False
        self._unreadable: set[int] = set()
        self._paths = _list_pictures(path)
        self._first: tuple[int, Pixels] | None = None
        self._first = first = self._read_first(path)
        height_px, width_px = first[1].shape[:2]
        self._info = SourceInfo(
            name=path.resolve().name if path.is_dir() else path.stem,
            width_px=width_px,
            height_px=height_px,
            fps=options.image_fps,
            duration_s=len(self._paths) / options.image_fps,
            live=False,
        )

    @property
    def info(self) -> SourceInfo:
        """What is known of it."""
        return self._info

    @property
    def faults(self) -> SourceFaults:
        """How many pictures could not be read so far."""
        return SourceFaults(damaged_packets=len(self._unreadable))

    def frames(self) -> Iterator[Frame]:
        """The wanted pictures, in the order of their names. The others are not read."""
        sampler = (self._options.sampling or Sampling()).sampler()
        start_s, end_s = self._options.start_s or 0.0, self._options.end_s
        for number in range(len(self._paths)):
            t_s = number / self._options.image_fps
            if self._closed or sampler.is_over or (end_s is not None and t_s >= end_s):
                return
            if t_s >= start_s and sampler(number, t_s) and (pixels := self._read(number)) is not None:
                yield Frame(pixels, number, t_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True

    def _read_first(self, path: Path) -> tuple[int, Pixels]:
        for number in range(len(self._paths)):
            pixels = self._read(number)
            if pixels is not None:
                return number, pixels
        held = f"none of its {len(self._paths)} pictures can be read" if self._paths else "it holds no pictures"
        raise SourceError(f"{path}: {held}", "Give a folder of JPEG or PNG pictures, or a video file.")

    def _read(self, number: int) -> Pixels | None:
        if self._first is not None and self._first[0] == number:
            return self._first[1]
        try:
            return read_photo(self._paths[number])
        except PhotoError:
            self._unreadable.add(number)
            return None


def _list_pictures(path: Path) -> list[Path]:
    """The pictures of a folder in natural order, or the single one."""
    if not path.is_dir():
        return [path]
    try:
        entries = list(path.iterdir())
    except OSError as error:
        raise SourceError(f"{path} may not be read: {error.strerror}", "Change its permissions.") from error
    pictures = [each for each in entries if each.suffix.lower() in PHOTO_SUFFIXES and not each.name.startswith(".")]
    return sorted((each for each in pictures if each.is_file()), key=_natural)


def _natural(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    """Numbers in names by their value, words without regard to case."""
    parts = re.findall(r"\d+|\D+", path.name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts], path.name
