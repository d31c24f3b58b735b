"""The thread in which data that has to go is removed, beside everything else."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from nigoh.office.privacy_keeper import PrivacyKeeper

_LOOK_S = 60.0
_JOIN_S = 10.0


class PrivacyThread:
    """Steps a keeper while its context is open, and joins within a deadline: what is left goes the next time.

    Args:
        keeper: nobody else steps it.
        stopping: what else is to stop between two portions of work when the context ends.
        clock: monotonic seconds.
        unix_s: seconds since 1970.
    """

    def __init__(
        self,
        keeper: PrivacyKeeper,
        stopping: threading.Event,
        clock: Callable[[], float] = time.monotonic,
        unix_s: Callable[[], float] = time.time,
    ) -> None:
        self._keeper = keeper
        self._stopping = stopping
        self._clock = clock
        self._unix_s = unix_s
        self._thread = threading.Thread(target=self._run, name="privacy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._keeper.step(self._clock(), self._unix_s())
            self._stopping.wait(_LOOK_S)
