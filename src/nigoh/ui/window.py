"""A window that shows pictures, without OpenCV's own windows: its headless build has none."""

import io
from contextlib import redirect_stdout
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from nigoh.domain.frame import Pixels, require_pixels
from nigoh.errors import ConfigError, MissingExtra

if TYPE_CHECKING:
    import pygame

_LARGEST_PX = (1280, 800)
_SMALLEST_SIDE_PX = 160
_SURROUND = (16, 16, 16)


class PreviewWindow:
    """A window that shows pictures. A context manager; its owner is the thread that opened it.

    It opens with the first picture, in that picture's size or smaller, and can be resized: pictures keep their
    proportions. `q`, Esc and the close button end it.
    """

    def __init__(self, title: str) -> None:
        """Make sure that there is a screen.

        Raises:
            MissingExtra: pygame is not installed.
            ConfigError: there is no screen to open a window on.
        """
        self._title = title
        self._pygame = _import_pygame()
        self._screen: pygame.Surface | None = None
        try:
            self._pygame.display.init()
        except self._pygame.error as error:
            raise self._no_screen(str(error)) from error
        if self._pygame.display.get_driver() == "offscreen":
            # What SDL falls back to: it would draw where nobody can look.
            self.close()
            raise self._no_screen("there is no screen")

    def show(self, pixels: Pixels) -> bool:
        """Show the next picture, (H, W, 3) uint8 BGR; False when the user wants to end."""
        require_pixels(pixels)
        if self._wants_out():
            return False
        screen = self._screen or self._open(pixels)
        height, width = pixels.shape[:2]
        picture = self._pygame.image.frombuffer(np.ascontiguousarray(pixels), (width, height), "BGR")
        scale = min(screen.get_width() / width, screen.get_height() / height)
        if scale != 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            picture = self._pygame.transform.smoothscale(picture, size)
        screen.fill(_SURROUND)
        screen.blit(picture, picture.get_rect(center=screen.get_rect().center))
        self._pygame.display.flip()
        return True

    def close(self) -> None:
        """Close it. Closing twice is harmless."""
        self._screen = None
        self._pygame.display.quit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _no_screen(self, reason: str) -> ConfigError:
        step = "Work at a desktop, or write the video to a file instead."
        return ConfigError(f"a window cannot be opened here: {reason}", step)

    def _open(self, pixels: Pixels) -> "pygame.Surface":
        height, width = pixels.shape[:2]
        scale = min(1.0, _LARGEST_PX[0] / width, _LARGEST_PX[1] / height)
        scale = max(scale, _SMALLEST_SIDE_PX / min(width, height)) if scale == 1 else scale
        size = (round(width * scale), round(height * scale))
        self._screen = self._pygame.display.set_mode(size, self._pygame.RESIZABLE)
        self._pygame.display.set_caption(self._title)
        return self._screen

    def _wants_out(self) -> bool:
        pg = self._pygame
        return any(
            event.type == pg.QUIT or (event.type == pg.KEYDOWN and event.key in {pg.K_q, pg.K_ESCAPE})
            for event in pg.event.get()
        )


def _import_pygame() -> ModuleType:
    try:
        with redirect_stdout(io.StringIO()):  # it greets whoever imports it
            import pygame  # noqa: PLC0415 - an extra: only --show needs it
    except ModuleNotFoundError as error:
        raise MissingExtra("a preview window", "window") from error
    return pygame
