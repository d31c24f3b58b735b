"""The preview window, on SDL's dummy screen."""

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nigoh.domain.frame import Pixels
from nigoh.errors import ConfigError, MissingExtra
from nigoh.ui.window import PreviewWindow

if TYPE_CHECKING:
    from pygame import Surface

pygame = pytest.importorskip("pygame", reason="the extra 'window' is not installed")


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> PreviewWindow:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    return PreviewWindow("nigoh: test")


def picture(width: int = 320, height: int = 240) -> Pixels:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:] = (250, 20, 60)
    return pixels


def screen() -> "Surface":
    surface: Surface = pygame.display.get_surface()
    return surface


def test_a_picture_is_shown_in_its_colours(window: PreviewWindow) -> None:
    with window:
        assert window.show(picture())
        assert screen().get_size() == (320, 240)
        assert screen().get_at((160, 120))[:3] == (60, 20, 250)
        assert pygame.display.get_caption()[0] == "nigoh: test"


def test_a_large_picture_opens_a_window_that_fits(window: PreviewWindow) -> None:
    with window:
        window.show(picture(3840, 2160))
        assert screen().get_size() == (1280, 720)


def test_pictures_keep_their_proportions_in_any_window(window: PreviewWindow) -> None:
    with window:
        window.show(picture())
        window.show(picture(100, 240))
        assert screen().get_at((160, 120))[:3] == (60, 20, 250)
        assert screen().get_at((20, 120))[:3] != (60, 20, 250)


@pytest.mark.parametrize("key", ["q", "escape", "close"])
def test_the_user_ends_it(key: str, window: PreviewWindow) -> None:
    wanted = {
        "q": pygame.event.Event(pygame.KEYDOWN, key=pygame.K_q),
        "escape": pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE),
        "close": pygame.event.Event(pygame.QUIT),
    }[key]
    with window:
        assert window.show(picture())
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_x))
        assert window.show(picture())
        pygame.event.post(wanted)
        assert not window.show(picture())


def test_closing_twice_is_harmless(window: PreviewWindow) -> None:
    with window:
        window.show(picture())
    window.close()


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env={"PATH": "", **environment}
    )


def test_without_a_screen_it_says_so() -> None:
    script = (
        "from nigoh.errors import ConfigError; from nigoh.ui.window import PreviewWindow\n"
        "try: PreviewWindow('x')\n"
        "except ConfigError as error: print(error)"
    )
    assert run(script).stdout.startswith("a window cannot be opened here: ")
    assert issubclass(MissingExtra, ConfigError)


def test_without_the_extra_it_names_the_install_line() -> None:
    script = (
        "import sys; sys.modules['pygame'] = None\n"
        "from nigoh.errors import MissingExtra; from nigoh.ui.window import PreviewWindow\n"
        "try: PreviewWindow('x')\n"
        "except MissingExtra as error: print(error)"
    )
    assert "pip install 'nigoh[window]'" in run(script).stdout


def test_pygame_does_not_greet() -> None:
    script = "from nigoh.ui.window import PreviewWindow; PreviewWindow('x').close()"
    assert run(script, SDL_VIDEODRIVER="dummy").stdout == ""
