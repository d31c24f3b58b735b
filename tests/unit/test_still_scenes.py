"""Scenes in which nothing moves but who walks through, as most cameras see most of the time."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from nigoh.testing.clip_options import ClipOptions, RateControl, VideoCodec
from nigoh.testing.encoder import encode_clip
from nigoh.testing.renderer import Cast, ClipRenderer
from nigoh.testing.walk import ClipScript

OPTIONS = ClipOptions(width_px=320, height_px=180, fps=10, seconds=4, gop=10, bitrate=300_000, face_px=(12, 40))


def renderer(options: ClipOptions) -> ClipRenderer:
    return ClipRenderer(ClipScript(()), Cast({}), options)


def test_in_a_still_scene_every_picture_is_the_same_but_for_the_noise() -> None:
    still = renderer(replace(OPTIONS, still=True, noise=0))
    assert all(np.array_equal(still.picture(0), still.picture(index)) for index in (1, 7, 39))
    noisy = renderer(replace(OPTIONS, still=True, noise=0.02))
    assert not np.array_equal(noisy.picture(0), noisy.picture(7))
    busy = renderer(replace(OPTIONS, noise=0))
    assert not np.array_equal(busy.picture(0), busy.picture(7))


@pytest.mark.parametrize("codec", list(VideoCodec))
def test_a_variable_rate_spends_little_on_a_still_scene_and_never_more_than_the_most(
    codec: VideoCodec, tmp_path: Path
) -> None:
    variable = replace(OPTIONS, codec=codec, noise=0.01, rate_control=RateControl.VARIABLE)
    still, busy = (sizes(replace(variable, still=still), tmp_path) for still in (True, False))
    constant = sizes(replace(variable, still=True, rate_control=RateControl.CONSTANT), tmp_path)
    assert np.median(still) < 0.9 * np.median(busy)
    assert sum(still) < 0.75 * sum(constant)
    assert sum(constant) == pytest.approx(4 * 300_000 / 8, rel=0.25)
    assert sum(busy) < 1.2 * 4 * 300_000 / 8


def sizes(options: ClipOptions, folder: Path) -> list[int]:
    """Of the coded pictures, bytes."""
    clip = folder / "clip.mp4"
    encode_clip(renderer(options).pictures(), clip, options)
    with av.open(str(clip)) as container:
        return [packet.size for packet in container.demux(video=0) if packet.size]
