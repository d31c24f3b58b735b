"""What users prefer, as a value: bounded when it is made."""

import pytest

from nigoh.domain.language import Language
from nigoh.domain.preferences import ConsoleLanguage, Preferences, Sound, WallLayout
from nigoh.domain.sighting import CameraId

GATE, YARD = CameraId("gate"), CameraId("yard")


def test_every_language_of_an_account_is_one_of_the_console() -> None:
    assert {ConsoleLanguage.of(each) for each in Language} == set(ConsoleLanguage)


def test_cameras_that_one_may_not_see_leave_their_tile_empty() -> None:
    wall = WallLayout(name="wall", tiles=4, cameras=(GATE, None, YARD))
    shown = Preferences(layouts=(wall,)).shown_to(lambda camera: camera == GATE)
    assert shown.layouts[0].cameras == (GATE, None, None)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WallLayout(name="", tiles=4), "name"),
        (lambda: WallLayout(name="a", tiles=5), "tiles"),
        (lambda: WallLayout(name="a", tiles=4, cameras=(None,) * 401), "cameras"),
        (lambda: WallLayout(name="a", tiles=4, tour_s=float("nan")), "tour"),
        (lambda: Sound("Bell"), "sound"),
        (lambda: Sound("bell", -0.1), "volume"),
        (lambda: Preferences(seed_color="red"), "colour"),
        (lambda: Preferences(layouts=(WallLayout(name="a", tiles=1),) * 2), "another name"),
        (lambda: Preferences(layouts=tuple(WallLayout(name=str(n), tiles=1) for n in range(33))), "at most 32"),
        (lambda: Preferences(other={"": 1}), "key"),
        (lambda: Preferences(other={"a": "b" * 1025}), "1024"),
    ],
)
def test_what_is_no_preference_cannot_be_made(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=message):
        make()
