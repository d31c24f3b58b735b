"""What a camera sends, measured from its packets, and what would make it better to recognise people by."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from nigoh.domain.geometry import Floats


@dataclass(frozen=True, slots=True)
class PacketMark:
    """One coded picture: its time on the camera's clock in seconds, its size in bytes, whether it is a keyframe."""

    t_s: float
    size_bytes: int
    is_keyframe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFacts:
    """What a camera sends.

    Attributes:
        codec: FFmpeg's name, e.g. "h264", "hevc", "mjpeg".
        width_px, height_px: of the coded picture.
        seconds: how long was listened.
        fps: pictures a second, measured.
        keyframe_interval_s: median time between keyframes; None if fewer than two came.
        bits_per_s: measured.
    """

    codec: str
    width_px: int
    height_px: int
    seconds: float
    fps: float
    keyframe_interval_s: float | None
    bits_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLimits:
    """What advice is given by.

    Attributes:
        good_face_px: face height from which recognition is reliable.
        enough_fps: pictures a second beyond which a camera only costs.
        longest_keyframe_s: keyframes should come at least this often: a picture can only be begun at one.
        most_px: pixels beyond which decoding costs more than recognition gains.
        lean_codecs: codecs whose decoding is cheap.
    """

    good_face_px: float = 60.0
    enough_fps: float = 16.0
    longest_keyframe_s: float = 2.5
    most_px: int = 1920 * 1080
    lean_codecs: tuple[str, ...] = ("h264", "hevc")


class AdviceKind(StrEnum):
    """What could be better."""

    NO_FACE = "no_face"
    SMALL_FACES = "small_faces"
    COSTLY_CODEC = "costly_codec"
    RARE_KEYFRAMES = "rare_keyframes"
    LARGE_PICTURE = "large_picture"
    MANY_PICTURES = "many_pictures"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to change: what kind it is of, and a sentence that says it."""

    kind: AdviceKind
    text: str


def measure_stream(codec: str, size_px: tuple[int, int], marks: Sequence[PacketMark]) -> StreamFacts:
    """Facts from at least two packets, in the order in which they came; size_px is width and height."""
    times = np.array([mark.t_s for mark in marks])
    keyframes = np.array([mark.t_s for mark in marks if mark.is_keyframe])
    seconds = float(times.max() - times.min())
    gap_s = seconds / max(len(marks) - 1, 1)
    return StreamFacts(
        codec=codec,
        width_px=size_px[0],
        height_px=size_px[1],
        seconds=seconds,
        fps=1 / gap_s if gap_s > 0 else 0.0,
        keyframe_interval_s=float(np.median(np.diff(keyframes))) if len(keyframes) > 1 else None,
        bits_per_s=8 * sum(mark.size_bytes for mark in marks) / (seconds + gap_s) if seconds > 0 else 0.0,
    )


def advise(facts: StreamFacts, face_heights_px: Floats, limits: CameraLimits) -> tuple[Advice, ...]:
    """What to change at the camera, most useful first; nothing if it is well set.

    Args:
        facts: what it sends.
        face_heights_px: (N,) heights of the faces seen while listening; N = 0 if nobody passed.
        limits: what is good enough.
    """
    return (*_about_faces(face_heights_px, limits), *_about_stream(facts, limits))


def _about_faces(heights_px: Floats, limits: CameraLimits) -> list[Advice]:
    if not len(heights_px):
        text = "no face was seen: test again while somebody walks past at the usual distance"
        return [Advice(AdviceKind.NO_FACE, text)]
    usual = float(np.median(heights_px))
    if usual < limits.good_face_px:
        wanted = f"{limits.good_face_px:.0f} px"
        text = f"faces are about {usual:.0f} px high: move or zoom until they are {wanted}, or use the main stream"
        return [Advice(AdviceKind.SMALL_FACES, text)]
    return []


def _about_stream(facts: StreamFacts, limits: CameraLimits) -> list[Advice]:
    advice = []
    interval_s = facts.keyframe_interval_s
    if facts.codec not in limits.lean_codecs:
        text = f"{facts.codec} costs more to receive than H.264 or H.265: choose one of these"
        advice.append(Advice(AdviceKind.COSTLY_CODEC, text))
    elif interval_s is None or interval_s > limits.longest_keyframe_s:
        seen = "none twice" if interval_s is None else f"one every {interval_s:.1f} s"
        text = f"keyframes are rare ({seen}): set the I-frame interval to 1 or 2 s, and smart coding off"
        advice.append(Advice(AdviceKind.RARE_KEYFRAMES, text))
    if facts.width_px * facts.height_px > limits.most_px:
        text = f"{facts.width_px}x{facts.height_px} costs much to decode: 1920x1080 is enough for faces"
        advice.append(Advice(AdviceKind.LARGE_PICTURE, text))
    if facts.fps > limits.enough_fps:
        text = f"{facts.fps:.0f} pictures a second cost more than they help: 10 to 15 are enough"
        advice.append(Advice(AdviceKind.MANY_PICTURES, text))
    return advice
