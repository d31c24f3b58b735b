"""One picture of a camera, as it sends it: whole, and without boxes drawn into it."""

import re

from nigoh.domain.camera import Camera
from nigoh.domain.frame import Pixels
from nigoh.errors import SourceError, SourceUnavailable
from nigoh.outbound import Outbound
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions

_OPEN_S, _READ_S = 8.0, 4.0
_WEBCAM = re.compile(r"file://(?:localhost)?/dev/video(\d+)")


def take_frame(camera: Camera, gate: Outbound) -> Pixels:
    """Connect to a camera, take its next picture, (H, W, 3) uint8 BGR, and leave: a second or two.

    Raises:
        SourceError: no retry mends it: it is a video file and no camera, its password is wrong.
        SourceUnavailable: it may come back: refused, timed out, no picture.
        OutboundRefused: its host may not be connected to.
    """
    url = camera.url.reveal()
    webcam = _WEBCAM.fullmatch(url)
    if camera.url.scheme == "file" and webcam is None:
        raise SourceError(f"{camera.name} is a video file and no camera", "Take a picture of it with a player.")
    options = SourceOptions(
        transport=camera.transport, open_timeout_s=_OPEN_S, read_timeout_s=_READ_S, gate=gate, follow=False
    )
    with open_source(webcam[1] if webcam else url, options) as source:
        for frame in source.frames():
            return frame.pixels
    raise SourceUnavailable(f"the camera {camera.name} sent no picture", "Look at it with: nigoh cameras test.")
