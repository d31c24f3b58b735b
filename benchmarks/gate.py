"""What the activity gate decodes, and how soon it sees who comes: footage of simulated cameras, replayed.

    .venv/bin/python benchmarks/gate.py --faces FOLDER [--cameras 6] [--seconds 200] [--people 3]

VBR is a variable bit rate, CBR a constant one; smoothed means that the camera has taken most noise away before.
Columns, each for one camera: looks, analysed frames, decoded keyframes and other pictures a second; wishes between
keyframes a minute while nobody is there; microseconds of weighing a picture; milliseconds a second of decoding, and
of all but faces; appearances of two seconds or more, those missed, and seconds until the first and second sight.

Nothing is detected: what the gate is told of faces comes from the footage's truth. So this shows the gate's share of
the engine's work, in pictures, and in milliseconds of one core. The first time, the footage is made: some minutes.
"""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gate_replay import Footages, Replay, Tally, add_up, quantile
from nigoh.config.environment import read_folders
from nigoh.config.settings import VisionSettings
from nigoh.evaluation.machine import describe_machine
from nigoh.testing.clip_options import ClipOptions, RateControl
from nigoh.testing.farm import FarmOptions, prepare_footage
from nigoh.testing.farm.options import PICTURE
from nigoh.testing.farm.plan import plan_farm
from nigoh.wiring import build_analyser
from results import console, save_result, show_table

ANALYSIS_MS = 1.6
"""Of a frame without a face at 640x360: conversion to BGR 0.3, YuNet at 320x192 1.3 (OpenVINO, one core)."""

SMOOTHED = replace(PICTURE, noise=0.0035, rate_control=RateControl.VARIABLE)
HD = replace(PICTURE, width_px=1280, height_px=720, fps=25.0, gop=25, bitrate=1_000_000)


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of camera: how it is called in the table, what it sends."""

    name: str
    picture: ClipOptions


CASES = (
    Case("VBR, smoothed", SMOOTHED),
    Case("VBR, noisy", replace(SMOOTHED, noise=0.01)),
    Case("CBR, smoothed", replace(PICTURE, noise=0.0035)),
    Case("CBR, noisy", PICTURE),
    Case("VBR, GOP 4 s", replace(SMOOTHED, gop=60)),
    Case("CBR, GOP 4 s", replace(PICTURE, gop=60)),
    Case("VBR, 720p25", replace(HD, noise=SMOOTHED.noise, rate_control=RateControl.VARIABLE)),
    Case("CBR, 720p25", HD),
)


def figures_of(tally: Tally) -> Mapping[str, float]:
    """What one camera does in a second, and how soon it sees who comes."""
    seconds, analysed = tally.seconds, tally.looks - tally.unchanged + tally.analyses
    return {
        "looks_a_second": tally.looks / seconds,
        "analysed_a_second": analysed / seconds,
        "keyframes_a_second": tally.keyframes / seconds,
        "inter_a_second": tally.inter / seconds,
        "between_with_nobody_a_minute": tally.wakes / seconds * 60,
        "gate_us_a_picture": tally.gate_s / tally.units * 1e6,
        "decode_ms_a_second": (tally.keyframe_s + tally.inter_s) / seconds * 1e3,
        "estimated_ms_a_second": (tally.keyframe_s + tally.inter_s + tally.luma_s + tally.gate_s) / seconds * 1e3
        + analysed / seconds * ANALYSIS_MS,
        "appearances": len(tally.delays_s) + tally.missed,
        "missed": tally.missed,
        "seen_after_p50_s": quantile(tally.delays_s, 0.5),
        "seen_after_p95_s": quantile(tally.delays_s, 0.95),
        "seen_twice_after_p95_s": quantile(tally.decided_s, 0.95),
    }


def measure(case: Case, faces: Path, people: int, cameras: int, seconds: float) -> dict[str, Mapping[str, float]]:
    """Replay so many cameras of each scene."""
    options = FarmOptions(cameras=2 * cameras, still_share=0.5, people=people, picture=case.picture)
    footage = prepare_footage(faces, lambda: build_analyser(VisionSettings()), options, read_folders().cache)
    plan, units = plan_farm(options, footage.outlines), Footages(footage)
    return {
        "still" if still else "moving": figures_of(
            add_up(
                [
                    Replay(camera, units, case.picture.fps).run(seconds)
                    for camera in plan.cameras
                    if camera.still is still
                ]
            )
        )
        for still in (True, False)
    }


def main() -> None:
    """Measure each case."""
    parser = argparse.ArgumentParser(description="What the activity gate decodes, and how soon it sees who comes.")
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--people", type=int, default=3)
    parser.add_argument("--cameras", type=int, default=6, help="of each scene")
    parser.add_argument("--seconds", type=float, default=200)
    parser.add_argument("--results", type=Path)
    chosen = parser.parse_args()
    machine, rows, cases = describe_machine(), [], []
    for case in CASES:
        for scene, figures in measure(case, chosen.faces, chosen.people, chosen.cameras, chosen.seconds).items():
            rows.append((f"{scene}, {case.name}", *figures.values()))
            cases.append({"name": case.name, "scene": scene, **figures})
    columns = ("scene", "looks", "analysed", "key", "others", "idle", "us", "decode", "in all", "came", "missed",
               "p50 s", "p95 s", "2nd p95 s")  # fmt: skip
    console.print(str(machine))
    show_table("A camera of the activity gate", columns, rows)
    result = {
        "machine": machine.as_json(),
        "cameras": chosen.cameras,
        "seconds": chosen.seconds,
        "analysis_ms": ANALYSIS_MS,
        "cases": cases,
    }
    console.print(f"written: {os.path.relpath(save_result('gate', result, chosen.results))}")


if __name__ == "__main__":
    main()
