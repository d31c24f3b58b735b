"""Webcams, through the capture interface of the operating system."""

import re
import sys
from pathlib import Path

import av.error

from nigoh.errors import NigohError, SourceError, SourceUnavailable
from nigoh.video.medium import Medium
from nigoh.video.options import SourceOptions

_DEVICES = Path("/dev")


def webcam_medium(spec: str, options: SourceOptions) -> Medium:
    """The webcam of this number ("0"), or a device such as "/dev/video2".

    Raises:
        SourceError: it is not there.
    """
    number = re.sub(r"\D", "", spec)
    device = f"/dev/video{number}"
    if sys.platform == "linux" and not Path(device).exists():
        raise _not_there(number)
    demuxer, address = {
        "darwin": ("avfoundation", number),
        "win32": ("vfwcap", number),
    }.get(sys.platform, ("video4linux2,v4l2", device))
    return Medium(
        name=f"webcam {number}",
        shown=f"webcam {number}",
        address=address,
        live=True,
        explain=lambda error: _explain(number, error),
        demuxer=demuxer,
        timeout_s=(options.open_timeout_s, options.read_timeout_s),
    )


def list_webcams(devices: Path = _DEVICES) -> list[str]:
    """The devices of Linux that may be webcams, e.g. ["/dev/video0"], in order of their numbers."""
    found = [device for device in devices.glob("video*") if device.name.removeprefix("video").isdecimal()]
    return [str(device) for device in sorted(found, key=lambda device: int(device.name.removeprefix("video")))]


def _not_there(number: str) -> SourceError:
    present = list_webcams()
    hint = f"Present: {', '.join(present)}." if present else "No webcam is connected."
    return SourceError(f"webcam {number} is not there", hint)


def _explain(number: str, error: Exception) -> NigohError:
    match error:
        case PermissionError():
            return SourceError(f"webcam {number} may not be read", "Add your user to the group 'video'.")
        case av.error.ExitError():
            return SourceUnavailable(f"webcam {number} sends no picture", "Reconnect it.")
        case av.error.OSError(errno=16):
            return SourceUnavailable(f"webcam {number} is in use by another program", "Close that program.")
        case _:
            return SourceError(f"webcam {number} cannot be opened as a camera", _not_there(number).next_step)
