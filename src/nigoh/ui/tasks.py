"""What goes on behind a view, for as long as it is looked at."""

import asyncio
import logging
from collections.abc import Coroutine

_log = logging.getLogger(__name__)


class Tasks:
    """Coroutines that end with their owner. Owner: the event loop."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[object, object, None], name: str = "") -> asyncio.Task[None]:
        """Do this beside all else, until it ends or the owner does."""
        task = asyncio.create_task(work, name=name or None)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def stop(self) -> None:
        """End all of it."""
        for task in tuple(self._running):
            task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("something behind a view has failed: %s", error, exc_info=error)
