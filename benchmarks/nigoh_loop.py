"""One run of nigoh's pipeline over a clip, as `nigoh watch` does it, with the CPU seconds of each stage.

On one core a model runs in the thread that calls it, so that this thread's CPU time tells the stages apart; what the
process spent beyond it is the reading thread's: demuxing, decoding, conversion to BGR. Prints one line of JSON.
"""

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nigoh.config.settings import WatchSettings
from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser, Portraits
from nigoh.engine.camera_watch import FrameResult, Report
from nigoh.wiring import build_vision, enrol_folder, open_watch

R = TypeVar("R")


class TimedAnalyser(FaceAnalyser):
    """The analyser that it is given, with a count of the CPU seconds of its calling thread by stage."""

    def __init__(self, inner: FaceAnalyser) -> None:
        super().__init__(inner._detector, inner._embedder)  # noqa: SLF001 - the same parts, under a stopwatch
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def detect(self, pictures: Sequence[Pixels]) -> list[Faces]:
        """As the inner one."""
        return self._measure("detect", lambda: super(TimedAnalyser, self).detect(pictures))

    def portray(self, pixels: Pixels, faces: Faces) -> Portraits:
        """As the inner one."""
        return self._measure("align", lambda: super(TimedAnalyser, self).portray(pixels, faces))

    def embed(self, crops: NDArray[np.uint8]) -> Templates:
        """As the inner one."""
        return self._measure("embed", lambda: super(TimedAnalyser, self).embed(crops))

    def _measure(self, stage: str, work: Callable[[], R]) -> R:
        start = time.thread_time()
        try:
            return work()
        finally:
            self.seconds[stage] += time.thread_time() - start


def main(clip: str, folder: str, every: int, detect_size_px: int) -> None:
    """Watch the clip and print what it took and found."""
    settings = WatchSettings(every=every, detect_size_px=detect_size_px)
    built = build_vision(settings)
    known = enrol_folder(Path(folder), built.analyser)
    analyser = TimedAnalyser(built.analyser)
    analysed = faces = 0
    reports: list[Report] = []
    start, cpu_start, thread_start = time.perf_counter(), time.process_time(), time.thread_time()
    with open_watch(clip, settings, known, replace(built, analyser=analyser)) as watching:
        for result in watching.results():
            if isinstance(result, FrameResult):
                analysed += 1
                faces += len(result.faces)
                reports += result.ended
        reports += watching.finish()
    cpu_s, wall_s = time.process_time() - cpu_start, time.perf_counter() - start
    own_s = time.thread_time() - thread_start
    stages = dict(analyser.seconds)
    stages |= {"decode": cpu_s - own_s, "decide": own_s - sum(stages.values())}
    people = Counter[str]()
    for report in reports:
        if report.sighting.person:
            people[report.sighting.person] += report.sighting.frames
    figures = {
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        "frames_analysed": analysed,
        "faces": faces,
        "people": dict(sorted(people.items())),
        "stage_cpu_s": stages,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
