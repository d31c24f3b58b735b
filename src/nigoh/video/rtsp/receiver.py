"""Many cameras on one event loop, in one thread."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError, SourceUnavailable
from nigoh.video.access_unit import Assemble
from nigoh.video.rtsp.media_stream import ReceptionCounts
from nigoh.video.rtsp.pace import Pace, PacedSelector, Phase
from nigoh.video.rtsp.receive_buffer import ReceiveBuffer
from nigoh.video.rtsp.reception import ReceptionOptions, UnitSink
from nigoh.video.rtsp.session import CameraSession

JOIN_S = 5.0
"""How long leaving a receiver may take: half a second for the cameras, which are told all at once, and some slack."""


class Receiver:
    """Receives any number of cameras in one thread. A context manager that joins it within a deadline.

    Any thread may add cameras and close them. It does not connect again by itself: when to is its owner's decision.
    """

    def __init__(self, name: str = "rtsp") -> None:
        """Name its thread; it starts when the context is entered."""
        self._buffer = ReceiveBuffer()
        self._pace = Pace()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._lock = threading.Lock()
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, url: CameraUrl, options: ReceptionOptions, sink: UnitSink) -> "Reception":
        """Connect to a camera and receive it until it fails or is closed; the sink is told of all that happens.

        Raises:
            RuntimeError: the receiver is not open.
        """
        reception = Reception(url, options, sink, buffer=self._buffer, pace=self._pace)
        with self._lock:
            if self._loop is None:
                raise RuntimeError("cameras are added to an open receiver")
            reception.enter(Phase.RESTLESS)
            self._loop.call_soon_threadsafe(self._start, self._loop, reception)
        return reception

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            loop, self._loop = self._loop, None
            if loop is not None:
                loop.call_soon_threadsafe(loop.stop)
        self._thread.join(JOIN_S)

    def _serve(self) -> None:
        # Not the platform's own loop: the shared buffer needs one that reads one connection after the other.
        loop = asyncio.SelectorEventLoop(PacedSelector(self._pace))
        try:
            self._loop = loop
            self._started.set()
            loop.run_forever()
            # What was added just before the end has its task by now. It is given its first turn, as a task that is
            # cancelled before would never tell its sink, and is then ended like the others.
            loop.run_until_complete(asyncio.sleep(0))
            # A set of its own: each task leaves the receiver's when it is done, perhaps before the waiting begins.
            ending = set(self._tasks)
            for task in ending:
                # Not one that is being closed: a second time would keep it from taking leave of its camera.
                if not task.cancelling():
                    task.cancel()
            if ending:
                loop.run_until_complete(asyncio.wait(ending))
        finally:
            loop.close()

    def _start(self, loop: asyncio.AbstractEventLoop, reception: "Reception") -> None:
        task = loop.create_task(reception.receive())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Reception:
    """One camera that is being received. Any thread may use it; made by `Receiver.add`."""

    def __init__(
        self, url: CameraUrl, options: ReceptionOptions, sink: UnitSink, *, buffer: ReceiveBuffer, pace: Pace
    ) -> None:
        self.url = url
        self._options = options
        self._sink = sink
        self._buffer = buffer
        self._pace = pace
        self._phase = Phase.OVER
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._closing = False
        self._assemble = Assemble.ALL
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._session: CameraSession | None = None

    @property
    def counts(self) -> ReceptionCounts:
        """What has come so far."""
        session = self._session
        return ReceptionCounts() if session is None or session.stream is None else session.stream.counts

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._over.is_set()

    def assemble(self, chosen: Assemble) -> None:
        """Have only these pictures put together, from the next one on."""
        self._assemble = chosen
        if self._session is not None:
            self._session.choose(chosen)

    def close(self, wait_s: float = JOIN_S) -> None:
        """Leave the camera; waits until its sink has been told, at most so long. Not to be called by a sink.

        Closing again does no harm.
        """
        with self._lock:
            first, self._closing = not self._closing, True
            if first and self._loop is not None and self._task is not None and not self._over.is_set():
                self._move(Phase.RESTLESS)
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._over.wait(wait_s)

    def enter(self, phase: Phase) -> None:
        """For its receiver: where it stands from now on."""
        with self._lock:
            self._move(phase)

    async def receive(self) -> None:
        """What the receiver's thread runs."""
        with self._lock:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            if self._closing and self._task is not None:
                self._task.cancel()
        # What nobody has foreseen is told as this; its trace is the event loop's to log.
        reason: NigohError | None = SourceUnavailable(f"{self.url} could not be received: an internal error")
        try:
            self._session = CameraSession(self.url, self._options, self._sink, self._buffer)
            self._session.choose(self._assemble)
            await self._session.run(self._note_playing)
        except NigohError as error:
            reason = error
        except asyncio.CancelledError:
            reason = None
        finally:
            self._sink.ended(reason)
            with self._lock:
                self._move(Phase.OVER)
                self._over.set()

    def _note_playing(self) -> None:
        # Datagrams that nobody reads are lost as soon as the kernel's buffer is full: they are read as they come.
        with self._lock:
            if not self._closing and self._options.transport == "tcp":
                self._move(Phase.PLAYING)

    def _move(self, phase: Phase) -> None:
        self._pace.move(self._phase, phase)
        self._phase = phase
