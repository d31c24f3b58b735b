"""A thread that reads a source into a mailbox."""

import threading
from types import TracebackType
from typing import Self

from nigoh.domain.frame import Frame
from nigoh.engine.mailbox import Closed, Full, Mailbox
from nigoh.video.source import Source

_JOIN_S = 5.0


class FrameReader:
    """Reads a source in a thread of its own, so that decoding and analysis overlap.

    Files wait for the analysis; of a live camera only the newest frames are kept. Leaving the context closes the
    source and joins the thread within a deadline.
    """

    def __init__(self, source: Source, capacity: int) -> None:
        self._source = source
        when_full = Full.DROP_OLDEST if source.info.live else Full.WAIT
        self.frames: Mailbox[Frame] = Mailbox(capacity, when_full)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._read, name=f"read {source.info.name}", daemon=True)

    def take(self, at_most: int) -> list[Frame]:
        """The next frames, at least one; an empty list at the end. Raises what the source raised."""
        try:
            return self.frames.take(at_most)
        except Closed:
            if self._error is not None:
                raise self._error from None
            return []

    def __enter__(self) -> Self:
        self._source.__enter__()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.frames.close()
        self._source.__exit__(kind, error, trace)
        self._thread.join(_JOIN_S)

    def _read(self) -> None:
        try:
            for frame in self._source.frames():
                self.frames.put(frame)
        except Closed:
            pass
        except BaseException as error:  # noqa: BLE001 - not swallowed: raised again in the thread that takes
            self._error = error
        finally:
            self.frames.close()
