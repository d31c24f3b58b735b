"""A watch from its first frame to its last: says what it finds, keeps it, and ends cleanly."""

import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from nigoh.cli.terminal import errors, output, report_note
from nigoh.cli.watch_outputs import Outputs
from nigoh.cli.watch_progress import WatchProgress
from nigoh.cli.watch_table import decided_line, sightings_table
from nigoh.domain.language import Words
from nigoh.domain.sighting import Sighting
from nigoh.engine.camera_watch import FrameResult, Report
from nigoh.engine.watching import Watching
from nigoh.errors import NigohError

# A camera is watched for months: what is shown at the end is bounded.
_TABLE_ROWS = 500


class Run:
    """One run of `nigoh watch`. Owns nothing: everything it is given is closed by whoever opened it."""

    def __init__(
        self, watching: Watching, outputs: Outputs, words: Words, *, end_s: float | None, quiet: bool
    ) -> None:
        self._watching = watching
        self._outputs = outputs
        self._words = words
        self._end_s = end_s
        self._quiet = quiet
        self._latest: deque[Sighting] = deque(maxlen=_TABLE_ROWS)
        self._found = 0
        self._analysed = 0

    def to_the_end(self) -> None:
        """Watch until the source, the user or an error ends it; what was found so far is kept in each case."""
        failure: NigohError | None = None
        with (
            stopping_on_signals(self._watching),
            WatchProgress(self._watching, self._end_s, quiet=self._quiet) as bar,
        ):
            try:
                self._watch(bar)
            except NigohError as error:
                failure = error
            failure = self._keep_rest() or failure
        self._conclude()
        if failure is not None:
            raise failure

    def _watch(self, bar: WatchProgress) -> None:
        for result in self._watching.results():
            if isinstance(result, FrameResult):
                self._analysed += 1
                for report in result.changed:
                    self._say(report.sighting)
                for report in result.ended:
                    self._keep(report)
            bar.advance(result)
            if not self._outputs.take_frame(result):
                return

    def _say(self, sighting: Sighting) -> None:
        if not self._quiet:
            errors.print(decided_line(sighting, self._words))

    def _keep(self, report: Report) -> None:
        self._found += 1
        self._latest.append(report.sighting)
        self._outputs.take_report(report)

    def _keep_rest(self) -> NigohError | None:
        """End the open tracks; what cannot be written stands in the table all the same."""
        failure: NigohError | None = None
        for report in self._watching.finish():
            try:
                self._keep(report)
            except NigohError as error:
                failure = error
        return failure

    def _conclude(self) -> None:
        faults = self._watching.faults
        if faults.damaged_packets:
            report_note(f"damaged: {faults.damaged_packets} packets or pictures were skipped")
        if faults.missing_s > 0:
            report_note(f"the file ends {faults.missing_s:.1f} s before the length that it states")
        if self._quiet:
            return
        if self._watching.dropped:
            report_note(f"{self._watching.dropped} frames came faster than they could be analysed")
        ordered = sorted(self._latest, key=lambda sighting: sighting.track)
        output.print(sightings_table(ordered, self._words))
        if self._found > len(ordered):
            report_note(f"the table shows the last {len(ordered)} sightings; --out keeps all of them")
        report_note(f"{self._analysed} frames analysed, {self._found} sightings")


@contextmanager
def stopping_on_signals(watching: Watching) -> Iterator[None]:
    """Ctrl+C and SIGTERM end the watch after the frame at hand; a second one ends the process at once."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each, handler in before.items():
            signal.signal(each, handler)
        watching.stop()

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
