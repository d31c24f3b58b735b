"""A frame that two threads convert at once, as the analysis and a live view do, leaves the process alive."""

import subprocess
import sys

PROGRAM = """
import threading
from av.video.frame import VideoFrame
from nigoh.video.picture import to_pixels, to_pixels_within
from nigoh.video.picture_activity import small_luma

def convert(work):
    for frame in frames:
        together.wait()
        work(frame)

works = (to_pixels, lambda frame: to_pixels_within(frame, 320), lambda frame: to_pixels_within(frame, 200))
together = threading.Barrier(len(works))
frames = [VideoFrame(640, 360, "yuv420p") for _ in range(300)]
threads = [threading.Thread(target=convert, args=(work,)) for work in works]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
small_luma(VideoFrame(640, 360, "yuyv422"))
"""


def test_several_threads_convert_one_frame_at_once() -> None:
    # In a process of its own: what goes wrong here ends the process.
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
