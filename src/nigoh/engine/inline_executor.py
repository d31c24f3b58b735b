"""Shards in this process: for tests, and for a few cameras in a program of one's own."""

import os
import threading
import time
from collections.abc import Callable, Sequence

from nigoh.domain.camera import Camera
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import CameraId
from nigoh.engine.executor import Wake
from nigoh.engine.mailbox import Closed
from nigoh.engine.news_queue import NewsQueue
from nigoh.engine.shard_seam import BuildShard, LiveOptions, News, Shard
from nigoh.errors import NigohError

_PULSE_S = 1.0


class InlineExecutor:
    """Builds each shard at once, in the thread that starts it.

    A shard that crashes the process takes this one with it, and nothing can kill one that hangs.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock

    def start(self, name: str, build: BuildShard, wake: Wake) -> "InlineShard":
        """Start a shard."""
        return InlineShard(name, build, wake, self._clock)


class InlineShard:
    """A shard in this process. Its pulse is taken by whoever receives, when it is due."""

    def __init__(self, name: str, build: BuildShard, wake: Wake, clock: Callable[[], float]) -> None:
        self._queue = NewsQueue()
        self._wake = wake
        self._clock = clock
        self._next_pulse_s = clock()
        self._ending: threading.Thread | None = None
        self._over = threading.Event()
        self._name = name
        self._shard: Shard
        self.failure = ""
        try:
            self._shard = build(name, self._tell)
            self._shard.__enter__()
        except NigohError as error:
            self._ending = threading.current_thread()
            self._conclude(str(error))

    @property
    def pid(self) -> int:
        """Of this process."""
        return os.getpid()

    @property
    def is_alive(self) -> bool:
        """See `RunningShard.is_alive`."""
        return not self._over.is_set()

    @property
    def crashed(self) -> bool:
        """Never: this process would be gone, too."""
        return False

    def watch(self, cameras: Sequence[Camera]) -> None:
        """See `Shard.watch`."""
        if self._ending is None:
            self._shard.watch(cameras)

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """See `Shard.show`."""
        if self._ending is None:
            self._shard.show(camera, options)

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """See `Shard.enrol`."""
        if self._ending is None:
            self._shard.enrol(changes)

    def tune(self, rule: NamingRule) -> None:
        """See `Shard.tune`."""
        if self._ending is None:
            self._shard.tune(rule)

    def receive(self, wait_s: float = 0.0) -> list[News]:
        """See `RunningShard.receive`."""
        if self._ending is None and self._clock() >= self._next_pulse_s:
            self._next_pulse_s = self._clock() + _PULSE_S
            self._queue.put(self._shard.pulse())
        return self._queue.take_news(wait_s)

    def end(self) -> None:
        """See `RunningShard.end`."""
        if self._ending is None:
            self._ending = threading.Thread(target=self._end, name=f"end {self._name}", daemon=True)
            self._ending.start()

    def kill(self) -> None:
        """Take no more news of it, and end it as it ends."""
        self._queue.close()
        self.end()
        self._conclude("it was ended")

    def _end(self) -> None:
        try:
            self._shard.__exit__(None, None, None)
            self._queue.put(self._shard.pulse())
        except Closed:
            return
        self._conclude("")

    def _tell(self, news: News) -> None:
        self._queue.put(news)
        self._wake()

    def _conclude(self, failure: str) -> None:
        if not self._over.is_set():
            self.failure = failure
            self._queue.close()
            self._over.set()
            self._wake()
