"""Follows who is enrolled: asks for changes, twice a second or when woken, and passes them on."""

import logging
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, Self

from nigoh.domain.gallery_change import GalleryChange
from nigoh.errors import NigohError

_log = logging.getLogger(__name__)

_PAUSE_S = 0.5
_JOIN_S = 10.0


class ChangeSource(Protocol):
    """Where changes come from; see `nigoh.storage.gallery_feed.GalleryFeed`."""

    def changes_after(self, number: int) -> tuple[Sequence[GalleryChange], int]:
        """Some changes after that number, oldest first, and the number of the last; the same number without any."""
        ...


class GalleryFollower:
    """Owns the thread that follows a gallery. A context manager: everybody is told of before it is entered.

    Args:
        source: where changes come from; the thread alone asks it once it runs.
        tell: takes changes, in the order in which they came.
        pause_s: between two questions.
    """

    def __init__(
        self, source: ChangeSource, tell: Callable[[Sequence[GalleryChange]], None], pause_s: float = _PAUSE_S
    ) -> None:
        self._source = source
        self._tell = tell
        self._pause_s = pause_s
        self._number = 0
        self._trouble = ""
        self._woken = threading.Event()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="gallery", daemon=True)

    def wake(self) -> None:
        """Something has changed: ask at once. Any thread."""
        self._woken.set()

    def __enter__(self) -> Self:
        """Tell of everybody. Raises what the source raises."""
        self._catch_up()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        self._woken.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._is_over:
            self._woken.wait(self._pause_s)
            self._woken.clear()
            try:
                self._catch_up()
            except NigohError as error:
                self._note(str(error))
            else:
                self._note("")

    def _catch_up(self) -> None:
        while not self._is_over:
            changes, number = self._source.changes_after(self._number)
            if number == self._number:
                return
            # Told first: what could not be told is asked for again.
            self._tell(changes)
            self._number = number

    def _note(self, trouble: str) -> None:
        if trouble and not self._trouble:
            _log.error("who is enrolled cannot be followed: %s Recognition goes on with who was known.", trouble)
        if self._trouble and not trouble:
            _log.warning("who is enrolled is followed again")
        self._trouble = trouble
