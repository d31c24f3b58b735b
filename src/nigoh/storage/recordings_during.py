"""Finds the recordings that show a camera while something was seen there."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path

from nigoh.domain.recording import Recording
from nigoh.domain.sighting import CameraId
from nigoh.storage.recordings import list_recordings

Span = tuple[CameraId, float, float]
"""A camera, and from when to when something was seen there, seconds since 1970."""

_SLACK_S = 1.0
"""Of clocks: a recording that begins a second after a sighting may show its end."""


def recordings_during(folder: Path, spans: Iterable[Span]) -> list[Path]:
    """The recordings of these cameras at these times, those being written included; each once."""
    by_camera: dict[CameraId, list[tuple[float, float]]] = {}
    for camera, first, last in spans:
        by_camera.setdefault(camera, []).append((first - _SLACK_S, last + _SLACK_S))
    found = []
    for camera, times in sorted(by_camera.items()):
        merged = _merged(times)
        for path, about in list_recordings(folder, camera):
            if about.camera == camera and _overlaps(merged, about.begin_unix_s, _end_of(path, about)):
                found.append(path)
    return found


def _merged(times: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same times in order, those that overlap as one."""
    merged: list[tuple[float, float]] = []
    for first, last in sorted(times):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _overlaps(merged: Sequence[tuple[float, float]], begin: float, end: float) -> bool:
    place = bisect_right(merged, (end, float("inf"))) - 1
    return place >= 0 and merged[place][1] >= begin


def _end_of(path: Path, about: Recording) -> float:
    """When it ends; of one that is being written, or whose writer was killed, when it was last written."""
    if about.end_unix_s is not None:
        return about.end_unix_s
    try:
        return max(path.stat().st_mtime, about.begin_unix_s)
    except OSError:
        return about.begin_unix_s
