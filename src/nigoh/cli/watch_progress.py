"""How far a watch has come, on stderr: a bar with speed and remaining time for files, counters for cameras."""

import time
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from nigoh.cli.terminal import errors
from nigoh.cli.watch_table import clock
from nigoh.engine.camera_watch import FrameResult
from nigoh.engine.watching import PassedFrame, Watching


class WatchProgress:
    """A progress bar that follows the source's own clock. Silent when stderr is no terminal."""

    def __init__(self, watching: Watching, end_s: float | None, *, quiet: bool) -> None:
        info = watching.info
        self._watching = watching
        self._began = time.monotonic()
        self._analysed = 0
        self._first_s: float | None = None
        total = info.duration_s if end_s is None else min(end_s, info.duration_s or end_s)
        columns = [SpinnerColumn(), TextColumn("{task.description}")]
        columns += [] if total is None else [BarColumn(), TimeRemainingColumn(elapsed_when_finished=True)]
        columns.append(TextColumn("{task.fields[state]}"))
        self._bar = Progress(*columns, console=errors, transient=True, disable=quiet or not errors.is_terminal)
        self._task = self._bar.add_task(info.name, total=total, state="")

    def advance(self, result: FrameResult | PassedFrame) -> None:
        """The next frame is done."""
        self._analysed += isinstance(result, FrameResult)
        t_s = result.frame.t_s
        self._first_s = t_s if self._first_s is None else self._first_s
        elapsed_s = max(time.monotonic() - self._began, 1e-6)
        state = f"{clock(t_s)}  {self._analysed / elapsed_s:.0f} frames/s"
        if self._watching.info.live:
            state += f"  dropped {self._watching.dropped}"
        else:
            state += f"  {(t_s - self._first_s) / elapsed_s:.1f}x"
        self._bar.update(self._task, completed=t_s, state=state)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
