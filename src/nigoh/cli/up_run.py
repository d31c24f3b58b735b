"""An engine from its start to its end: steps the supervisor, keeps and says what it tells, obeys signals."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from nigoh.cli.up_config import LiveConfig
from nigoh.cli.up_lines import UpLines
from nigoh.cli.up_outputs import Output
from nigoh.engine.shard_seam import LivePicture, SightingNews
from nigoh.engine.supervisor import CameraChange, EngineNews, Supervisor
from nigoh.server.live_views import LiveViews

_log = logging.getLogger(__name__)

_STEP_S = 0.25


class Requests:
    """What signals and the control socket ask of the engine. Signal handlers set plain values: they take no lock."""

    def __init__(self) -> None:
        self.stop = False
        self.reload = False

    def ask_to_stop(self) -> None:
        """Begin to end."""
        self.stop = True

    def ask_to_reload(self) -> None:
        """Read the configuration again."""
        self.reload = True


class EngineTeller:
    """Passes the engine's news on: to the terminal, to files, to viewers. One thread."""

    def __init__(self, lines: UpLines, outputs: tuple[Output, ...], views: LiveViews) -> None:
        self._lines = lines
        self._outputs = outputs
        self._views = views

    def __call__(self, news: EngineNews) -> None:
        """Take one word of it."""
        match news:
            case SightingNews():
                now_s = time.monotonic()
                for output in self._outputs:
                    output.take(news, now_s)
                self._lines.sighting(news.sighting)
            case CameraChange():
                self._lines.camera(news.status)
            case LivePicture():
                self._views.deliver(news)

    def step(self, now_s: float) -> None:
        """Write what had to wait."""
        for output in self._outputs:
            output.step(now_s)

    def close(self) -> None:
        """Write what had to wait, or say that it is lost."""
        for output in self._outputs:
            output.close(time.monotonic())


@dataclass(frozen=True, slots=True)
class EngineRun:
    """One run of the engine. Owns nothing: whoever opened its parts closes them.

    Attributes:
        supervisor: is stepped.
        teller: what it tells to.
        config: looked at for changes.
        requests: of signals and of the control socket.
        woken: set when the supervisor has something to do.
        beside: whatever else is to be stepped, with monotonic seconds.
    """

    supervisor: Supervisor
    teller: EngineTeller
    config: LiveConfig
    requests: Requests
    woken: threading.Event
    beside: tuple[Callable[[float], None], ...] = ()

    def run(self, seconds: float | None) -> None:
        """Until somebody asks to stop, or so many seconds have passed, and then until all is over."""
        end_s = time.monotonic() + (float("inf") if seconds is None else seconds)
        while not (self.requests.stop or time.monotonic() >= end_s):
            self._step(time.monotonic())
            self._wait(min(_STEP_S, max(end_s - time.monotonic(), 0.0)))
        _log.info("the engine ends")
        self.supervisor.end()
        while not self.supervisor.is_over:
            self.supervisor.step(time.monotonic())
            self._wait(_STEP_S)
        self.teller.close()

    def _step(self, now_s: float) -> None:
        self.supervisor.step(now_s)
        self.teller.step(now_s)
        self.config.step(now_s)
        for step in self.beside:
            step(now_s)
        if self.requests.reload:
            self.requests.reload = False
            self.config.try_reload()

    def _wait(self, seconds: float) -> None:
        self.woken.wait(seconds)
        self.woken.clear()


@contextmanager
def obeying_signals(requests: Requests) -> Iterator[None]:
    """Ctrl+C and SIGTERM end the engine in an orderly way, a second one at once; SIGHUP reads the configuration."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, before[each])
        requests.ask_to_stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, lambda *_: requests.ask_to_reload())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
