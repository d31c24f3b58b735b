"""What is to be opened: a file, a camera's address or a webcam, and how FFmpeg is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nigoh.errors import NigohError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Medium:
    """What FFmpeg is to open. Its repr shows no credentials.

    Attributes:
        name: short and safe to show.
        shown: in full and safe to show.
        address: what FFmpeg opens; may hold a password.
        live: True for a camera, False for a file, None if only its stated length will tell.
        explain: puts what FFmpeg raised into words that hold no credentials.
        demuxer: FFmpeg's name of the format, or None to find out.
        demuxer_options: FFmpeg's options.
        timeout_s: how long opening and each read may take, or None for a file, which has no timeouts.
    """

    name: str
    shown: str
    address: str = field(repr=False)
    live: bool | None
    explain: Callable[[Exception], NigohError] = field(repr=False)
    demuxer: str | None = None
    demuxer_options: Mapping[str, str] = field(default_factory=dict)
    timeout_s: tuple[float, float] | None = None
