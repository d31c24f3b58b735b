"""Writes pictures as an H.264 video."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.error
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from nigoh.domain.frame import Pixels, require_pixels
from nigoh.errors import OutputError

_MUXERS = {".mp4": "mp4", ".mkv": "matroska", ".mov": "mov", ".avi": "avi"}
VIDEO_SUFFIXES = tuple(_MUXERS)

# Fragments keep a video playable up to two seconds before a power cut; when it is closed in order it becomes an
# ordinary file with its index. No B-frames: pictures come at the times they were given, from 0.
_MUXER_OPTIONS = {"mp4": {"movflags": "hybrid_fragmented"}, "mov": {"movflags": "hybrid_fragmented"}}
_ENCODER_OPTIONS = {"crf": "23", "preset": "veryfast", "bf": "0"}
_KEYFRAME_S = 2

_CLOCK = Fraction(1, 90_000)
_DEFAULT_FPS = Fraction(25)
_BT709 = 1
_LIMITED_RANGE = 1
_BLACK = (0, 0, 0)


class VideoWriter:
    """Writes pictures as an H.264 video that keeps their times. A context manager; its owner is one thread.

    The file is created at once, so that what cannot be written is known before any work. Odd sides are made even by
    repeating the last row or column; a picture of another size is fitted into the video's. A video that is ended by
    an error, or killed, can still be played.
    """

    def __init__(self, path: Path, width_px: int, height_px: int, fps: float) -> None:
        """Create the file.

        Args:
            path: .mp4, .mkv, .mov or .avi; an existing file is replaced.
            width_px: width of the pictures.
            height_px: their height.
            fps: how many come in a second; 0 if unknown. Their times hold; only .avi has nothing but this rate.

        Raises:
            OutputError: it cannot be written there, or the suffix is none of those.
        """
        self._path = path
        self._size = (width_px, height_px)
        self._first_s: float | None = None
        self._last_tick = -1
        rate = Fraction(fps).limit_denominator(1001) if fps > 0 else _DEFAULT_FPS
        suffix = path.suffix.lower()
        if suffix not in VIDEO_SUFFIXES:
            raise OutputError(f"{path}: videos are not written as '{suffix}'", f"Use {', '.join(VIDEO_SUFFIXES)}.")
        muxer = _MUXERS[suffix]
        self._tick = 1 / rate if muxer == "avi" else _CLOCK
        try:
            self._file = _PatientFile(path)
        except OSError as error:
            raise OutputError.of(path, error) from error
        self._container = av.open(self._file, "w", format=muxer, options=_MUXER_OPTIONS.get(muxer, {}))
        self._stream = self._add_stream(rate)

    def write(self, pixels: Pixels, t_s: float) -> None:
        """Append a picture, (H, W, 3) uint8 BGR, at this time (seconds); the first one is the start of the video.

        Raises:
            OutputError: the disk is full or has failed.
        """
        require_pixels(pixels)
        if self._first_s is None:
            self._first_s = t_s
        frame = VideoFrame.from_ndarray(self._fit(pixels), format="bgr24")
        frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG", threads=1)
        self._last_tick = max(self._last_tick + 1, round((t_s - self._first_s) / self._tick))
        frame.pts, frame.time_base = self._last_tick, self._tick
        self._mux(frame)
        self._check_disk()

    def close(self) -> None:
        """Write what is still held back and close the file; a video without pictures is removed.

        Raises:
            OutputError: the disk is full or has failed.
        """
        if self._file.is_closed:
            return
        if self._first_s is not None:
            self._mux(None)
        self._container.close()
        self._file.close()
        if self._first_s is None:
            self._path.unlink(missing_ok=True)
        self._check_disk()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except OutputError:
            # The error that ended the work says more than its consequence.
            if error is None:
                raise

    def _add_stream(self, rate: Fraction) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=rate, options=_ENCODER_OPTIONS)
        stream.width, stream.height = self._even_size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = self._tick
        stream.codec_context.gop_size = max(1, round(rate * _KEYFRAME_S))
        stream.codec_context.colorspace = _BT709
        stream.codec_context.color_range = _LIMITED_RANGE
        return stream

    @property
    def _even_size(self) -> tuple[int, int]:
        return self._size[0] + self._size[0] % 2, self._size[1] + self._size[1] % 2

    def _fit(self, pixels: Pixels) -> Pixels:
        """The picture in the size of the video: as it is, or scaled to fit with black borders."""
        width, height = self._size
        if pixels.shape[:2] != (height, width):
            scale = min(width / pixels.shape[1], height / pixels.shape[0])
            inner = (max(1, int(pixels.shape[1] * scale)), max(1, int(pixels.shape[0] * scale)))
            pixels = np.asarray(cv2.resize(pixels, inner, interpolation=cv2.INTER_AREA), dtype=np.uint8)
            right, below = width - inner[0], height - inner[1]
            borders = (below // 2, below - below // 2, right // 2, right - right // 2)
            pixels = np.asarray(cv2.copyMakeBorder(pixels, *borders, cv2.BORDER_CONSTANT, value=_BLACK), np.uint8)
        if width % 2 or height % 2:
            pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        return np.ascontiguousarray(pixels)

    def _mux(self, frame: VideoFrame | None) -> None:
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def _check_disk(self) -> None:
        if self._file.error is not None:
            raise OutputError.of(self._path, self._file.error) from self._file.error


class _PatientFile:
    """A file for FFmpeg that fails later: it takes everything, and remembers the first error.

    FFmpeg's muxers crash the process when they are closed after a write that failed. Opening tries a byte, which
    tells whether there is room.
    """

    def __init__(self, path: Path) -> None:
        self.error: OSError | None = None
        self._file = path.open("wb", buffering=0)
        try:
            self._file.write(b"\0")
            self._file.seek(0)
        except OSError:
            self._file.close()
            raise

    @property
    def is_closed(self) -> bool:
        return self._file.closed

    def write(self, data: bytes) -> int:
        rest = memoryview(data)
        try:
            while rest and self.error is None:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.error = error
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            self.error = self.error or error
