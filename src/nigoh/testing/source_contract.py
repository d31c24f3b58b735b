"""What every source has to hold (see `nigoh.video.source.Source`), as checks that run over any implementation."""

import threading
from collections.abc import Callable
from itertools import islice, pairwise

from nigoh.domain.frame import Frame
from nigoh.video.options import SourceOptions
from nigoh.video.sampling import Sampling
from nigoh.video.source import Source

Opener = Callable[[SourceOptions], Source]
"""Opens the source anew, with these options."""

_FRAMES = 12
_DEADLINE_S = 15.0


def frames_come_in_time_order(opened: Opener) -> None:
    """Indices and times only grow, from 0."""
    with opened(SourceOptions()) as source:
        frames = list(islice(source.frames(), _FRAMES))
    _require(len(frames) > 1, "a source that is checked has at least two frames")
    _require(frames[0].index == 0, f"the first index is 0, not {frames[0].index}")
    _require(0 <= frames[0].t_s < 1, f"the clock starts at 0, not {frames[0].t_s}")
    for before, after in pairwise(frames):
        _require(after.index > before.index, f"index {after.index} follows {before.index}")
        _require(after.t_s > before.t_s, f"{after.t_s} s follows {before.t_s} s")


def frames_are_as_announced(opened: Opener) -> None:
    """The first frame has the announced size; what is announced makes sense."""
    with opened(SourceOptions()) as source:
        info = source.info
        frame = next(source.frames())
    _require((frame.width_px, frame.height_px) == (info.width_px, info.height_px), f"{info} is not {_size(frame)}")
    _require(bool(info.name), "a source has a name")
    _require(info.fps >= 0, "frame rates are not negative")
    _require(not info.live or info.duration_s is None, "a live source has no length")


def only_wanted_frames_come(opened: Opener) -> None:
    """Frames that are not wanted are counted and left out; after the last wanted one the source ends."""
    with opened(SourceOptions(sampling=Sampling(every=2, max_frames=2))) as source:
        indices = [frame.index for frame in source.frames()]
    _require(indices == [0, 2], f"every second frame, twice, is 0 and 2, not {indices}")


def reading_ends_when_another_thread_closes(opened: Opener) -> None:
    """A reader ends soon and without an error; closing again does no harm."""
    source = opened(SourceOptions(read_timeout_s=2))
    started = threading.Event()
    failure: dict[str, BaseException] = {}

    def read() -> None:
        try:
            for _ in source.frames():
                started.set()
        except BaseException as error:  # noqa: BLE001 - not swallowed: told by the thread that waits
            failure["reader"] = error

    reader = threading.Thread(target=read, daemon=True)
    with source:
        reader.start()
        _require(started.wait(_DEADLINE_S), "no frame came")
    reader.join(_DEADLINE_S)
    _require(not reader.is_alive(), "the reader goes on after the source was closed")
    _require(not failure, f"closing made the reader fail: {failure}")
    source.__exit__(None, None, None)


SOURCE_CONTRACT: tuple[Callable[[Opener], None], ...] = (
    frames_come_in_time_order,
    frames_are_as_announced,
    only_wanted_frames_come,
    reading_ends_when_another_thread_closes,
)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


def _size(frame: Frame) -> str:
    return f"{frame.width_px}x{frame.height_px}"
