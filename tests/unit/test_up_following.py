"""What a changed setting does to what runs."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
from numpy.typing import NDArray

from nigoh.cli.up_following import FollowNaming
from nigoh.config.changeable import overlaid
from nigoh.config.engine_file import parse_engine_file
from nigoh.config.engine_settings import EngineSettings
from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.operating_point import OperatingPoint
from nigoh.domain.setting import SettingValue
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.known_people import KnownPeople
from nigoh.errors import ConfigError
from nigoh.identity.gallery import ExactGallery
from nigoh.wiring import Vision

MODEL = ModelIdentity("toy", "1", "a" * 64, "none", 4)
POINTS = (OperatingPoint(0.1, 0.2), OperatingPoint(0.001, 0.4), OperatingPoint(0.00001, 0.6))
FILE = parse_engine_file("[server]", Path("nigoh.toml"))


class NoModel:
    """Stands for detector and embedder: nothing is looked at here."""

    model = MODEL

    def detect(self, pictures: Sequence[Pixels]) -> list[Faces]:
        raise AssertionError(len(pictures))

    def embed(self, crops: NDArray[np.uint8]) -> Templates:
        raise AssertionError(crops.shape)


def following(points: tuple[OperatingPoint, ...] = POINTS) -> tuple[FollowNaming, list[NamingRule]]:
    told: list[NamingRule] = []
    vision = Vision(FaceAnalyser(NoModel(), NoModel()), points)
    known = KnownPeople(ExactGallery(MODEL), lambda _: 0.4)
    return FollowNaming(vision, known, Lock(), told.append, FILE.naming), told


def changed(**values: SettingValue) -> EngineSettings:
    return overlaid(FILE, {f"watch.{name}": value for name, value in values.items()})


def test_a_threshold_reaches_the_engine_and_whoever_is_recognised_here() -> None:
    follower, told = following()
    follower.follow(changed(threshold=0.55))
    assert follower.known.threshold == 0.55
    assert told == [NamingRule(threshold=0.55)]


def test_fewer_false_alarms_ask_for_a_higher_threshold() -> None:
    follower, told = following()
    thresholds = []
    for share in (0.05, 0.0005):
        follower.follow(changed(false_alarms=share))
        thresholds.append(follower.known.threshold or 0)
    assert 0.2 < thresholds[0] < thresholds[1] < 0.6
    assert [rule.false_alarms for rule in told] == [0.05, 0.0005]


def test_other_settings_decide_nobody_anew() -> None:
    follower, told = following()
    follower.follow(overlaid(FILE, {"privacy.unknown_days": 3}))
    follower.follow(replace(FILE))
    assert told == []


def test_a_model_that_nobody_has_measured_needs_a_threshold() -> None:
    follower, told = following(points=())
    follower.check(changed(threshold=0.5))
    with pytest.raises(ConfigError, match="no thresholds"):
        follower.check(FILE)
    assert told == []
