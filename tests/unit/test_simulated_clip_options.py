"""What a simulated clip may be asked to be."""

from fractions import Fraction

import pytest

from nigoh.errors import ConfigError
from nigoh.testing.clip_options import ClipOptions


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"width_px": 100}, "size 100x720 is impossible"),
        ({"height_px": 100_000}, "size 1280x100000 is impossible"),
        ({"width_px": 1281}, "size 1281x720 is odd"),
        ({"fps": 0.0}, "fps 0"),
        ({"fps": float("nan")}, "fps nan"),
        ({"seconds": 0.0}, "seconds 0"),
        ({"gop": 0}, "gop 0"),
        ({"bitrate": 1}, "bitrate 1"),
        ({"noise": 0.5}, "noise 0.5"),
        ({"blur": 1.5}, "blur 1.5"),
        ({"people": 0}, "people 0"),
        ({"seed": -1}, "seed -1"),
        ({"face_px": (120.0, 60.0)}, "face-px 120:60"),
        ({"face_px": (4.0, 60.0)}, "face-px 4:60"),
        ({"face_px": (60.0, 700.0)}, "face-px 60:700"),
    ],
)
def test_an_impossible_value_is_refused_by_its_name(wrong: dict[str, float], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        ClipOptions(**wrong)  # type: ignore[arg-type] # the table holds values of several types


@pytest.mark.parametrize(
    ("fps", "rate"),
    [(15.0, Fraction(15)), (12.5, Fraction(25, 2)), (29.97, Fraction(30000, 1001)), (23.976, Fraction(24000, 1001))],
)
def test_a_frame_rate_is_stored_as_its_customary_fraction(fps: float, rate: Fraction) -> None:
    assert ClipOptions(fps=fps).frame_rate == rate
