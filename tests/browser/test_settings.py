"""Settings, users, lists and the system as people use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from tests.browser.conftest import OpenWindow, Window

    from nigoh.testing.running_product import RunningProduct

LONG_MS = 60_000.0


def field(window: Window, name: str) -> Locator:
    """A field of just this name."""
    return window.page.get_by_role("textbox", name=name, exact=True)


def fill(window: Window, name: str, text: str) -> None:
    field(window, name).click(force=True, timeout=LONG_MS)
    field(window, name).fill(text)


def test_a_setting_is_changed_and_holds_at_once(open_window: OpenWindow, product: RunningProduct) -> None:
    window = open_window("/settings/recording")
    window.sees("How long things are kept")
    fill(window, "Sightings are kept", "45,5")
    # Each panel has such a button; clicks at a place would race with what is still moving.
    window.page.get_by_role("button", name="Save", exact=True).first.dispatch_event("click")
    product.until(lambda: product.ask("GET", "settings/privacy.sightings_days").json()["version"])
    told = product.ask("GET", "settings/privacy.sightings_days").json()
    assert (told["value"], told["in_force"], told["origin"]) == (45.5, 45.5, "database")


def test_nobody_is_offered_what_they_may_not_do(open_window: OpenWindow) -> None:
    window = open_window("/settings", user="vera")
    window.sees("Language and looks")
    expect(window.page.get_by_text("Users and roles")).to_have_count(0)
    expect(window.page.get_by_text("Recognition")).to_have_count(0)
    window = open_window("/audit", user="vera")
    window.sees("There is nothing here")


def test_a_watch_list_is_made_and_two_who_change_it_see_each_other(
    open_window: OpenWindow, product: RunningProduct
) -> None:
    window = open_window("/settings/lists?list=new")
    fill(window, "Name", "Night shift")
    window.press("Save")
    window.sees("Night shift")
    (made,) = [each for each in product.ask("GET", "watch-lists").json()["items"] if each["name"] == "Night shift"]
    window.go(f"/settings/lists?list={made['id']}")
    expect(field(window, "Own threshold")).to_have_count(1, timeout=LONG_MS)
    product.ask("PATCH", f"watch-lists/{made['id']}", json={"priority": 7})
    fill(window, "Priority", "9")
    window.press("Save")
    window.sees("Changed meanwhile")
    window.press("Keep mine")
    window.sees("priority 9")
    assert product.ask("GET", f"watch-lists/{made['id']}").json()["priority"] == 9


def test_auditors_check_the_chain(open_window: OpenWindow) -> None:
    window = open_window("/audit?action=login", user="anvar")
    window.sees("anvar")
    window.press("Check the chain")
    expect(window.page.get_by_text("as they were written")).to_have_count(1, timeout=LONG_MS)


def test_all_views_stand_on_one_page_for_whoever_likes_that(open_window: OpenWindow, product: RunningProduct) -> None:
    window = open_window("/system", user="otabek")
    token = window.log_in("otabek")
    window.page.context.request.put(
        f"{product.address}/api/v1/me/preferences",
        data={"navigation": "one_page"},
        headers={"X-CSRF-Token": token},
    )
    window.go("/system")
    window.sees("Cameras possible")
    # The browser comes back to its session: the section that was open stays so beside the one that is gone to.
    window.go("/settings/appearance")
    window.sees("Language and looks")
    window.sees("Cameras possible")
