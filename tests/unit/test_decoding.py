"""What becomes of a wanted picture that cannot be had: the machine was too slow, or the camera sends rubbish."""

import threading
import time

import pytest
from av.video.frame import VideoFrame

from nigoh.domain.camera import Camera, Priority
from nigoh.domain.camera_status import Activity, Drop
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId
from nigoh.engine.batching import Batcher, BatchPolicy
from nigoh.engine.camera_feed import CameraFeed, Purpose, Want
from nigoh.engine.decode_desk import DecodeDesk, Standing
from nigoh.engine.decoding import Crew, Decoding, WaitingFrame
from nigoh.errors import NigohError
from nigoh.video.access_unit import AccessUnit
from nigoh.video.ring import RingLimits
from nigoh.video.ring_decoder import RingDecoder
from nigoh.video.stream import StreamInfo

FPS = 10
RUBBISH = b"\0\0\0\1\x65" + bytes(range(1, 200))


class Nobody:
    """Looks at nothing, and wants nothing."""

    def is_shown(self, camera: CameraId, now_s: float) -> bool:
        return bool(camera) and now_s < 0

    def want(self, want: Want) -> None:
        del want

    def opened(self) -> None: ...

    def ended(self, feed: CameraFeed, error: NigohError | None) -> None:
        del feed, error

    def offer(self, camera: CameraId, picture: VideoFrame, captured_s: float) -> None:
        del camera, picture, captured_s


@pytest.mark.parametrize(
    ("asked", "cause", "is_blind"), [(0, Drop.OVERLOAD, False), (40, Drop.UNDECODABLE, True)], ids=["late", "rubbish"]
)
def test_a_picture_that_waited_too_long_is_not_held_against_its_camera(
    asked: int, cause: Drop, is_blind: bool
) -> None:
    url = CameraUrl("rtsp://127.0.0.1/cam")
    now_s = [0.0]
    camera = Camera(name=CameraId("cam"), url=url)
    feed = CameraFeed(camera, Nobody(), None, RingLimits(keep_s=1.0), lambda: now_s[0])
    info = StreamInfo(codec="h264")
    session = feed.connection()
    session.opened(info)
    for number in range(50):
        now_s[0] = number / FPS
        session.put(AccessUnit(RUBBISH, number / FPS, None, number % FPS == 0, len(RUBBISH)))
    desk: DecodeDesk[CameraFeed, Want] = DecodeDesk(time.monotonic)
    frames: Batcher[CameraFeed, WaitingFrame] = Batcher(BatchPolicy(), time.monotonic)
    desk.join(feed, Standing(Priority.NORMAL, 1.0))
    feed.tally.add(offered=1)
    desk.offer(feed, Want(feed, RingDecoder(info, feed.ring), asked, 0.0, Purpose.ANALYSE))
    with Decoding(desk, frames, Nobody(), time.monotonic, Crew(1)):
        end_s = time.monotonic() + 20
        while not sum(feed.tally.snapshot().drops.values()):
            assert time.monotonic() < end_s
            threading.Event().wait(0.005)
    assert {cause: 1} == {each: count for each, count in feed.tally.snapshot().drops.items() if count}
    assert feed.is_blind is is_blind


def test_the_time_in_which_a_scene_was_at_rest_counts_as_watched_when_somebody_comes_in() -> None:
    now_s = [0.0]
    camera = Camera(name=CameraId("cam"), url=CameraUrl("rtsp://127.0.0.1/cam"), fps=1.0, still_s=6.0)
    feed = CameraFeed(camera, Nobody(), None, RingLimits(), lambda: now_s[0])
    feed.coverage.resume(0.0)
    feed.watched(1.0)
    for at_s in (6.0, 11.0):
        feed.watched(at_s)
    feed.gate.activity = Activity.FACE
    feed.watched(16.0)
    assert feed.coverage.share(16.0) == pytest.approx(15 / 16)
    feed.watched(26.0)
    assert feed.coverage.share(26.0) == pytest.approx(17 / 26), (
        "of a face that nobody looked at for ten seconds, two count"
    )
