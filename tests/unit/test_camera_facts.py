"""What a camera sends is measured from its packets, and advice follows from it."""

import numpy as np
import pytest

from nigoh.video.camera_facts import CameraLimits, PacketMark, StreamFacts, advise, measure_stream

GOOD = StreamFacts(
    codec="h264", width_px=1280, height_px=720, seconds=6, fps=12.5, keyframe_interval_s=1.0, bits_per_s=1e6
)
FACES = np.array([80, 90, 70], np.float32)


def test_rate_interval_and_bits_are_measured() -> None:
    marks = [PacketMark(100 + i / 25, 9000 if i % 50 == 0 else 1000, i % 50 == 0) for i in range(151)]
    facts = measure_stream("h264", (640, 360), marks)
    assert facts.fps == pytest.approx(25)
    assert facts.keyframe_interval_s == pytest.approx(2)
    assert facts.seconds == pytest.approx(6)
    assert facts.bits_per_s == pytest.approx(8 * (151 * 1000 + 4 * 8000) / (151 / 25))


def test_one_keyframe_tells_no_interval_and_equal_times_no_rate() -> None:
    keyframe = PacketMark(5, 10, is_keyframe=True)
    one = measure_stream("h264", (64, 64), [keyframe, PacketMark(6, 1, is_keyframe=False)])
    assert one.keyframe_interval_s is None
    assert measure_stream("h264", (64, 64), [keyframe, keyframe]).fps == 0


@pytest.mark.parametrize(
    ("change", "faces", "words"),
    [
        ({}, [80], []),
        ({}, [], ["no face was seen"]),
        ({}, [20, 30, 40], ["about 30 px high"]),
        ({"keyframe_interval_s": 8.0}, [80], ["one every 8.0 s"]),
        ({"keyframe_interval_s": None}, [80], ["none twice"]),
        ({"codec": "mjpeg", "keyframe_interval_s": 0.04}, [80], ["mjpeg costs more"]),
        ({"width_px": 3840, "height_px": 2160}, [80], ["3840x2160"]),
        ({"fps": 30.0}, [10], ["about 10 px", "30 pictures a second"]),
    ],
)
def test_advice_names_what_to_change(change: dict[str, object], faces: list[float], words: list[str]) -> None:
    facts = StreamFacts(**({name: getattr(GOOD, name) for name in StreamFacts.__dataclass_fields__} | change))
    advice = advise(facts, np.array(faces, np.float32), CameraLimits())
    assert len(advice) == len(words)
    assert all(word in line.text for word, line in zip(words, advice, strict=True))
