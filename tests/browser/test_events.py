"""Who was seen: followed, judged by the keyboard, heard, taken away, and searched for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import OpenWindow

    from nigoh.testing.running_product import RunningProduct

LONG_MS = 120_000.0
HEARD = """
  window.heard = 0; window.shown = [];
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.heard += 1; return make.call(this); };
  window.Notification = class { constructor(title) { window.shown.push(title); } static permission = "granted"; };
"""


@pytest.fixture
def seen(product: RunningProduct) -> str:
    """A sighting of the enrolled person, which has ended."""

    def found() -> str | None:
        asked = {"person": product.person, "limit": "50"}
        items = product.ask("GET", "sightings", params=asked).json()["items"]
        return next((str(each["id"]) for each in items if each["stage"] == "left"), None)

    return product.until(found)


def test_a_sighting_is_judged_and_judged_otherwise_by_the_keyboard(
    open_window: OpenWindow, product: RunningProduct, seen: str
) -> None:
    window = open_window(f"/events/{seen}", user="otabek")
    name = window.page.locator("[flt-semantics-identifier=event-name]")
    expect(name).to_contain_text("Karimov", timeout=LONG_MS)

    def verdict() -> str | None:
        told = product.ask("GET", f"sightings/{seen}").json()
        return f"{told['verdict']} by {told['verdict_by']}" if told["verdict"] != "none" else None

    window.page.keyboard.press("a")
    assert product.until(verdict) == "confirmed by otabek"
    window.page.keyboard.press("r")
    product.until(lambda: verdict() == "rejected by otabek" or None)
    window.page.keyboard.press("r")
    product.until(lambda: verdict() is None or None)
    assert window.errors == []


def test_whoever_looks_on_judges_and_exports_nothing(open_window: OpenWindow, seen: str) -> None:
    window = open_window(f"/events/{seen}", user="vera")
    expect(window.page.locator("[flt-semantics-identifier=event-name]")).to_contain_text("Karimov", timeout=LONG_MS)
    assert window.page.get_by_role("button", name="Acknowledge").count() == 0
    assert window.page.get_by_role("button", name="Export").count() == 0


def test_whoever_is_known_is_heard_and_notified_of_in_every_view(
    open_window: OpenWindow, product: RunningProduct
) -> None:
    window = open_window("/login", user="")
    csrf = window.log_in("otabek")
    wanted = {"sounds": {"known": {"name": "chime", "volume": 0.5}}, "other": {"notify.known": True}}
    path = f"{product.address}/api/v1/me/preferences"
    answer = window.page.context.request.put(path, data=wanted, headers={"X-CSRF-Token": csrf})
    assert answer.ok, answer.text()
    window.page.add_init_script(HEARD)
    window.go("/system")
    # Browsers let nobody be heard before a click.
    window.page.mouse.click(640, 400)
    product.until(lambda: window.page.evaluate("window.shown[0]"))
    assert window.page.evaluate("window.shown[0]") == "Oʻktam Karimov"
    product.until(lambda: window.page.evaluate("window.heard"))
    assert window.page.evaluate("window.heard") == 2
    window.page.context.request.put(path, data={}, headers={"X-CSRF-Token": csrf})


def test_a_photo_finds_who_is_enrolled_and_where_they_were_seen(
    open_window: OpenWindow, product: RunningProduct, seen: str, shared_data: Path
) -> None:
    window = open_window("/search", user="otabek")
    page = window.page
    drop = page.frame_locator("iframe").locator("#files")
    drop.set_input_files(shared_data / "photos/portraits/obama2.jpg", timeout=LONG_MS)
    expect(page.locator(f"[flt-semantics-identifier=found-person-{product.person}]")).to_be_attached(timeout=LONG_MS)
    expect(page.locator("[flt-semantics-identifier^=found-sighting-]").first).to_be_attached(timeout=LONG_MS)
    window.go(f"/search?sighting={seen}")
    expect(page.locator(f"[flt-semantics-identifier=found-person-{product.person}]")).to_be_attached(timeout=LONG_MS)
    assert re.search(r"/search\?sighting=", page.url)
    assert window.errors == []
