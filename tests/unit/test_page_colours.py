"""What stands on our own pages can be read: the contrast of its colours, light and dark (WCAG 2.2, 1.4.3)."""

import re
from importlib import resources

import pytest

PAGES = resources.files("nigoh.server.console").joinpath("page_files")
LEAST = 4.5
PAIRS = {
    "login.css": [("ink", "paper"), ("ink", "field"), ("seed", "paper"), ("on-seed", "seed"), ("bad", "paper")],
    "wall.css": [("ink", "paper"), ("ink", "field")],
}


def colours(name: str, scheme: int) -> dict[str, str]:
    """The custom properties of a style sheet, in light (0) or dark (1)."""
    text = PAGES.joinpath(name).read_text("utf-8")
    found = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text)
    return {key: (light, dark)[scheme] for key, light, dark in found}


def luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_most_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("page", "ink", "paper"), [(page, *pair) for page, pairs in PAIRS.items() for pair in pairs])
def test_words_stand_out_from_what_they_stand_on(page: str, ink: str, paper: str, scheme: int) -> None:
    found = colours(page, scheme)
    assert contrast(found[ink], found[paper]) >= LEAST
