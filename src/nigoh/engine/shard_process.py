"""A shard's process: obeys orders from one pipe, tells news through another, and ends when its parent does."""

import faulthandler
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from nigoh.domain.camera_url import redact
from nigoh.engine.mailbox import Closed
from nigoh.engine.news_queue import LogLine, NewsQueue
from nigoh.engine.shard_seam import BuildShard, Shard
from nigoh.engine.shard_wire import (
    EndOrder,
    EnrolOrder,
    LastWords,
    Order,
    ShowOrder,
    TuneOrder,
    WatchOrder,
    decode_order,
    encode_word,
)
from nigoh.errors import NigohError

DECIDED_BY_SUPERVISOR = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""Signals that a terminal or a service manager sends to all processes; the supervisor says what they mean."""

_PULSE_S = 1.0
_FLUSH_S = 5.0
# Without a parent nobody ends a shard that hangs.
_ORPHAN_S = 10.0
_PLAIN_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def run_shard_process(name: str, build: BuildShard, orders: Connection, news: Connection) -> None:
    """Run a shard until it is told to end or its parent is gone. The main function of its process."""
    _settle_in(name)
    with _Telling(news) as telling:
        shard = build(name, telling.queue.put)
        with shard, telling.pulses_of(shard):
            _obey(shard, orders)
    sys.exit(telling.exit_code)


def _settle_in(name: str) -> None:
    for number in DECIDED_BY_SUPERVISOR:
        signal.signal(number, signal.SIG_IGN)
    # They were blocked while the process began, so that none could end it in between.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, DECIDED_BY_SUPERVISOR)
    with suppress(RuntimeError):  # stderr is closed
        faulthandler.enable()
    with suppress(OSError):
        Path("/proc/self/comm").write_text(f"nigoh {name}", encoding="utf-8")


def _obey(shard: Shard, orders: Connection) -> None:
    while order := _next_order(orders):
        match order:
            case WatchOrder(cameras):
                shard.watch(cameras)
            case ShowOrder(camera, options):
                shard.show(camera, options)
            case EnrolOrder():
                shard.enrol(order.changes())
            case TuneOrder(rule):
                shard.tune(rule)
            case EndOrder():
                return
    deadline = threading.Timer(_ORPHAN_S, os._exit, (1,))
    deadline.daemon = True
    deadline.start()


def _next_order(orders: Connection) -> Order | None:
    try:
        return decode_order(orders.recv_bytes())
    except (EOFError, OSError):
        return None


class _Telling:
    """The way of news to the parent: a queue, a thread that sends it, and last words. Owner: the main thread."""

    def __init__(self, news: Connection) -> None:
        self.queue = NewsQueue()
        self.exit_code = 0
        self._news = news
        self._last_words: LastWords | None = None
        self._thread = threading.Thread(target=self._send, name="news", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        logging.captureWarnings(capture=True)
        logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[_ToQueue(self.queue)], force=True)
        threading.excepthook = self._on_thread_failure
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """Send all there is to send. An error becomes last words, a line in the log and an exit code."""
        if error is not None:
            self._note(error)
        self.queue.close()
        self._thread.join(_FLUSH_S)
        return True

    @contextmanager
    def pulses_of(self, shard: Shard) -> Iterator[None]:
        """Pulses from now on, and a last one that knows all."""
        over = threading.Event()
        thread = threading.Thread(target=self._beat, args=(shard, over), name="pulse", daemon=True)
        thread.start()
        yield
        over.set()
        thread.join(_FLUSH_S)

    def _beat(self, shard: Shard, over: threading.Event) -> None:
        try:
            while not over.is_set():
                self.queue.put(shard.pulse())
                over.wait(_PULSE_S)
            self.queue.put(shard.pulse())
        except Closed:
            return

    def _send(self) -> None:
        try:
            while (word := self.queue.take()) is not None:
                self._news.send_bytes(encode_word(word))
            if self._last_words is not None:
                self._news.send_bytes(encode_word(self._last_words))
        except OSError:
            # The parent is gone, and nobody is left to tell.
            self.queue.close()

    def _on_thread_failure(self, failed: threading.ExceptHookArgs) -> None:
        """A shard one of whose threads has failed does not work: it ends, and is started again."""
        if failed.exc_value is None or isinstance(failed.exc_value, (SystemExit, Closed)):
            return
        self._note(failed.exc_value)
        self.queue.close()
        self._thread.join(_FLUSH_S)
        os._exit(1)

    def _note(self, error: BaseException) -> None:
        self.exit_code = 1
        text = str(error) if isinstance(error, NigohError) else f"{type(error).__name__}: {error}"
        self._last_words = LastWords(" ".join(redact(text).split()))
        if not isinstance(error, NigohError):
            self.queue.log(LogLine(logging.ERROR, __name__, redact("".join(traceback.format_exception(error)))))


class _ToQueue(logging.Handler):
    """Sends what is logged to the parent, which knows where logs go."""

    def __init__(self, queue: NewsQueue) -> None:
        super().__init__()
        self._queue = queue

    def emit(self, record: logging.LogRecord) -> None:
        extra = {
            key: value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
            for key, value in vars(record).items()
            if key not in _PLAIN_RECORD
        }
        self._queue.log(LogLine(record.levelno, record.name, redact(self.format(record)), extra))
