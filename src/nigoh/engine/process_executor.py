"""Shards in processes of their own, on this machine."""

import atexit
import logging
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from nigoh.domain.camera import Camera
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import CameraId
from nigoh.engine.change_desk import ChangeDesk
from nigoh.engine.executor import Wake
from nigoh.engine.news_queue import LogLine, NewsQueue
from nigoh.engine.shard_process import DECIDED_BY_SUPERVISOR, run_shard_process
from nigoh.engine.shard_seam import BuildShard, LiveOptions, News
from nigoh.engine.shard_wire import (
    EndOrder,
    EnrolOrder,
    LastWords,
    Order,
    ShowOrder,
    TuneOrder,
    WatchOrder,
    decode_word,
    encode_order,
)
from nigoh.errors import Fatal

_REAP_S = 5.0
_CRASHES = frozenset(
    -number for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE)
)
"""Exit codes of processes that native code has ended."""


class ProcessExecutor:
    """Starts each shard in a fresh process: nothing of this one is shared with it but two pipes."""

    def start(self, name: str, build: BuildShard, wake: Wake) -> "ProcessShard":
        """Start a shard; `build` is pickled. Raises OSError when the system starts no more processes."""
        context = get_context("spawn")
        orders_in, orders_out = context.Pipe(duplex=False)
        news_in, news_out = context.Pipe(duplex=False)
        process = context.Process(
            target=run_shard_process, args=(name, build, orders_in, news_out), name=f"nigoh {name}", daemon=True
        )
        before = signal.pthread_sigmask(signal.SIG_BLOCK, DECIDED_BY_SUPERVISOR)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            # Only the process holds these ends now: when it is gone, the others see it.
            orders_in.close()
            news_out.close()
        return ProcessShard(name, process, _Orders(name, orders_out), news_in, wake)


class ProcessShard:
    """A shard in a process. A thread reads its news, another sends it orders: its owner never waits for it."""

    def __init__(self, name: str, process: BaseProcess, orders: "_Orders", news: Connection, wake: Wake) -> None:
        self._process = process
        self._orders = orders
        self._news = news
        self._wake = wake
        self._queue = NewsQueue()
        self._over = threading.Event()
        self._last_words = ""
        self.failure = ""
        # A parent that ends without having ended its shards takes them with it.
        atexit.register(process.kill)
        threading.Thread(target=self._read, name=f"news of {name}", daemon=True).start()

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid or 0

    @property
    def is_alive(self) -> bool:
        """See `RunningShard.is_alive`."""
        return not self._over.is_set()

    @property
    def crashed(self) -> bool:
        """See `RunningShard.crashed`."""
        return self._over.is_set() and self._process.exitcode in _CRASHES

    def watch(self, cameras: Sequence[Camera]) -> None:
        """See `Shard.watch`."""
        self._orders.watch(cameras)

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """See `Shard.show`."""
        self._orders.show(camera, options)

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """See `Shard.enrol`."""
        self._orders.enrol(changes)

    def tune(self, rule: NamingRule) -> None:
        """See `Shard.tune`."""
        self._orders.tune(rule)

    def receive(self, wait_s: float = 0.0) -> list[News]:
        """See `RunningShard.receive`."""
        return self._queue.take_news(wait_s)

    def end(self) -> None:
        """See `RunningShard.end`."""
        self._orders.end()

    def kill(self) -> None:
        """See `RunningShard.kill`."""
        self._process.kill()

    def _read(self) -> None:
        """Until the process is gone. A receiver that does not receive makes it wait, and with it the shard."""
        try:
            while True:
                word = decode_word(self._news.recv_bytes())
                match word:
                    case LogLine():
                        _log(word, self._process.name)
                    case LastWords():
                        self._last_words = word.failure
                    case _:
                        self._queue.put(word)
                        self._wake()
        except (EOFError, OSError):
            pass
        except Fatal as error:
            self._last_words = str(error)
            self._process.kill()
        self._bury()

    def _bury(self) -> None:
        self._process.join(_REAP_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_REAP_S)
        self._orders.close()
        self._news.close()
        atexit.unregister(self._process.kill)
        self.failure = self._last_words or _in_words(self._process.exitcode, asked=self._orders.is_ending)
        self._queue.close()
        self._over.set()
        self._wake()


class _Orders:
    """Orders on their way to a shard: of each kind the newest. A thread sends them, as a pipe may be full.

    People go first, a part at a time: a shard knows all of them before it gets a camera.
    """

    def __init__(self, name: str, pipe: Connection) -> None:
        self._pipe = pipe
        self._watch: WatchOrder | None = None
        self._tune: TuneOrder | None = None
        self._shows: dict[CameraId, ShowOrder] = {}
        self._people = ChangeDesk()
        self.is_ending = False
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._send, name=f"orders to {name}", daemon=True)
        self._thread.start()

    def watch(self, cameras: Sequence[Camera]) -> None:
        with self._changed:
            self._watch = WatchOrder(tuple(cameras))
            self._changed.notify()

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        with self._changed:
            self._shows[camera] = ShowOrder(camera, options)
            self._changed.notify()

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        with self._changed:
            self._people.put(changes)
            self._changed.notify()

    def tune(self, rule: NamingRule) -> None:
        with self._changed:
            self._tune = TuneOrder(rule)
            self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self.is_ending = True
            self._changed.notify()

    def close(self) -> None:
        """Once the process is gone."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(_REAP_S)
        self._pipe.close()

    def _send(self) -> None:
        with suppress(OSError):  # the process is gone, which whoever reads its news finds out
            while orders := self._take():
                for order in orders:
                    self._pipe.send_bytes(encode_order(order))

    def _take(self) -> list[Order]:
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self.is_ending or self._people or self._tune or self._watch or self._shows
            )
            if self._closed:
                return []
            if self._people and not self.is_ending:
                return [EnrolOrder.of(self._people.take())]
            tune, self._tune = self._tune, None
            watch, self._watch = self._watch, None
            shows, self._shows = list(self._shows.values()), {}
            self._closed = self.is_ending
            newest = [each for each in (tune, watch) if each]
            return [*newest, *shows, *([EndOrder()] if self.is_ending else [])]


def _log(line: LogLine, process: str) -> None:
    logger = logging.getLogger(line.logger)
    if logger.isEnabledFor(line.level):
        extra = {**line.extra, "processName": process}
        record = logger.makeRecord(line.logger, line.level, "", 0, "%s", (line.text,), None)
        vars(record).update(extra)
        logger.handle(record)


def _in_words(exit_code: int | None, *, asked: bool) -> str:
    if exit_code is None:
        return "its process does not end"
    if exit_code < 0:
        return f"its process was ended by {_signal_name(-exit_code)}"
    if exit_code > 0:
        return f"its process ended with code {exit_code}"
    return "" if asked else "its process ended"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
