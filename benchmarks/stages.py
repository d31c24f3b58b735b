"""What each stage of a frame costs alone, on one core: the floor under the engine's figures.

    .venv/bin/python benchmarks/stages.py

CPU milliseconds of the calling thread, medians over the pictures of a simulated 640x360 clip. "In a row" is without
pause; "waiting" is with pauses between the calls, in which caches and the core go to others.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import av
import numpy as np
from av.video.frame import VideoFrame

from camera_options import SMALL, add_effort, read_effort
from nigoh.config.settings import VisionSettings
from nigoh.evaluation.machine import describe_machine
from nigoh.testing import simulate
from nigoh.video.access_unit import AccessUnit
from nigoh.video.activity import small_luma
from nigoh.video.picture import to_pixels
from nigoh.video.unit_decoder import UnitDecoder
from nigoh.wiring import build_vision
from results import console, save_result, show_table

T = TypeVar("T")

PAUSE_S = 0.012
"""Between two calls of the detector that serves 80 frames a second."""


def cost_ms(call: Callable[[T], object], values: Sequence[T], pause_s: float = 0.0) -> float:
    """The median CPU time of this thread in a call with each of these values."""
    spent = []
    for value in values:
        begun_s = time.thread_time()
        call(value)
        spent.append((time.thread_time() - begun_s) * 1e3)
        time.sleep(pause_s)
    return statistics.median(spent)


def decode(clip: Path) -> tuple[list[VideoFrame], dict[str, float]]:
    """The clip's pictures, and what keyframes and others cost to decode."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    pictures: list[VideoFrame] = []
    with av.open(str(clip)) as source:
        stream = source.streams.video[0]
        decoder = UnitDecoder("h264", stream.codec_context.extradata or b"")
        for number, packet in enumerate(packet for packet in source.demux(stream) if packet.size):
            unit = AccessUnit(bytes(packet), number / SMALL.fps, None, packet.is_keyframe, packet.size)
            begun_s = time.thread_time()
            pictures += [picture for picture, _ in decoder.decode(unit)]
            spent[unit.is_keyframe].append((time.thread_time() - begun_s) * 1e3)
    return pictures, {
        "keyframe decoded": statistics.median(spent[True]),
        "picture between keyframes decoded": statistics.median(spent[False]),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="Measure each stage of a frame alone.")
    add_effort(parser, seconds=30)
    effort = read_effort(parser.parse_args())
    vision = build_vision(VisionSettings(detect_size_px=320), threads=1)
    analyser = vision.analyser
    with TemporaryDirectory(prefix="nigoh-bench-") as folder:
        clip = Path(folder) / "clip.mp4"
        simulate(effort.people.faces, clip, analyser, SMALL)
        pictures, stages = decode(clip)
    pixels = [to_pixels(picture) for picture in pictures]
    faces = [analyser.detect([each])[0] for each in pixels]
    seen = [(picture, found) for picture, found in zip(pixels, faces, strict=True) if len(found)]
    crops = np.concatenate([analyser.portray(picture, found.pick([0])).crops for picture, found in seen[:32]])
    alone = [crops[at : at + 1] for at in range(len(crops))]
    search = "searched for faces at 320 px"
    stages |= {
        "converted to BGR": cost_ms(to_pixels, pictures),
        "small grey copy": cost_ms(small_luma, pictures),
        f"{search}, in a row": cost_ms(lambda each: analyser.detect([each]), pixels),
        f"{search}, waiting": cost_ms(lambda each: analyser.detect([each]), pixels, PAUSE_S),
        "face cut out and judged": cost_ms(lambda each: analyser.portray(each[0], each[1].pick([0])), seen),
        "face embedded, one": cost_ms(analyser.embed, alone),
        "face embedded, of eight": cost_ms(analyser.embed, [crops[:8]] * 5) / len(crops[:8]),
    }
    machine = describe_machine()
    console.print(str(machine))
    show_table("stages", ("stage", "ms"), [(name, f"{spent_ms:.3f}") for name, spent_ms in stages.items()])
    save_result("stages", {"machine": machine.as_json(), "ms": stages}, effort.results)


if __name__ == "__main__":
    main()
