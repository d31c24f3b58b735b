"""Which kind of source a user's word for it means."""

import re
from pathlib import Path

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import SourceError
from nigoh.video.container import ContainerSource
from nigoh.video.files import file_medium
from nigoh.video.images import ImageSource
from nigoh.video.network import network_medium
from nigoh.video.options import SourceOptions
from nigoh.video.photo import PHOTO_SUFFIXES
from nigoh.video.rtsp.errors import NotSpoken
from nigoh.video.rtsp.lean_source import LeanRtspSource
from nigoh.video.source import Source
from nigoh.video.webcam import webcam_medium

__all__ = ["SourceOptions", "open_source"]

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_SCHEMELESS = re.compile(r"([a-zA-Z]+:/?)?[^/@:\s]+:[^@\s]+@")
_WEBCAM = re.compile(r"\d+|/dev/video\d+")


def open_source(spec: str | int | Path, options: SourceOptions | None = None) -> Source:
    """Open a source.

    Args:
        spec: a webcam's number (0 or "0") or device, a camera's URL, a folder of pictures, one picture, or a video
            file.
        options: how it is opened, and which part of it is read.

    Raises:
        SourceError: no retry mends it: missing, not a video, empty, wrong password.
        SourceUnavailable: a camera that may come back: refused, timed out.
    """
    options = options or SourceOptions()
    text = str(spec)
    if not isinstance(spec, Path):
        if _WEBCAM.fullmatch(text):
            return ContainerSource(webcam_medium(text, options), options)
        if _URL.match(text):
            return _open_url(CameraUrl(text), options)
    path = Path(spec) if isinstance(spec, Path) else Path(text).expanduser()
    return ImageSource(path, options) if _holds_pictures(text, path) else ContainerSource(file_medium(path), options)


def _holds_pictures(text: str, path: Path) -> bool:
    """Whether the path is a folder or a picture; refuses what can be no path, and addresses without their scheme."""
    if not text.strip():
        raise SourceError("the source's name is empty", "Give a video file, a folder, a webcam or a camera's URL.")
    try:
        there, folder = path.exists(), path.is_dir()
    except (OSError, ValueError):
        # A folder that may not be entered, a name that is too long or holds a zero: told when it is opened as a file.
        there = folder = False
    if not there and _SCHEMELESS.match(text):
        # Not shown: it holds a password.
        raise SourceError(
            "the source is neither a file nor a URL", "Begin a camera's address with rtsp:// or http://."
        )
    return folder or (there and path.suffix.lower() in PHOTO_SUFFIXES - _MOVING)


def _open_url(url: CameraUrl, options: SourceOptions) -> Source:
    medium = network_medium(url, options)
    if url.scheme == "rtsp":
        try:
            return LeanRtspSource(url, options)
        except NotSpoken:
            # FFmpeg speaks more than H.264 and H.265, and has the last word on what is wrong with the others.
            pass
    return ContainerSource(medium, options)


_MOVING = {".gif", ".webp", ".apng", ".avif"}
"""Pictures that may move: FFmpeg reads them as videos."""
