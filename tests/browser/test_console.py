"""Coming in, going about, and going out again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import OpenWindow

    from nigoh.testing.running_product import RunningProduct

LONG_MS = 120_000.0
PHONE = (390, 844)


def test_whoever_is_not_logged_in_comes_by_the_login_to_where_they_wanted(
    open_window: OpenWindow, product: RunningProduct
) -> None:
    window = open_window("/system", user="")
    page = window.page
    expect(page).to_have_url(re.compile(r"/login\?next=%2Fsystem$"))
    page.get_by_label("Login name").fill("aziza")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("The name or the password is wrong.", timeout=LONG_MS)
    page.get_by_label("Password").fill("seven quiet lanterns 41")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(f"{product.address}/system", timeout=LONG_MS)
    window.ready()
    window.sees("Version")


def test_the_login_leads_to_no_other_site(open_window: OpenWindow) -> None:
    page = open_window("/login?next=//evil.example/", user="").page
    assert page.evaluate("next()") == "/"


def test_nothing_is_asked_of_another_machine(open_window: OpenWindow, product: RunningProduct) -> None:
    window = open_window("/login", user="")
    asked: list[str] = []
    window.page.on("response", lambda response: asked.append(response.url))
    window.log_in("vera")
    window.go("/system")
    window.sees("Version")
    assert asked
    assert [each for each in asked if not each.startswith((product.address, "data:", "blob:"))] == []
    assert window.errors == []


def test_logging_out_leads_to_the_login_and_nothing_is_shown_any_more(
    open_window: OpenWindow, product: RunningProduct
) -> None:
    window = open_window("/system", user="otabek")
    window.sees("Version")
    # The session ends elsewhere: the page notices by itself.
    sessions = window.page.context.request.get(f"{product.address}/api/v1/session").json()
    window.page.context.request.delete(
        f"{product.address}/api/v1/session", headers={"X-CSRF-Token": sessions["csrf_token"]}
    )
    expect(window.page).to_have_url(re.compile(r"/login\?next=%2Fsystem$"), timeout=LONG_MS)


@pytest.mark.parametrize(
    ("language", "text"), [("uz_Latn", "Tizim"), ("uz_Cyrl", "Тизим"), ("ru", "Система"), ("en", "System")]
)
def test_the_console_speaks_four_languages(
    open_window: OpenWindow, product: RunningProduct, language: str, text: str
) -> None:
    window = open_window("/login", user="")
    csrf = window.log_in("vera")
    answer = window.page.context.request.put(
        f"{product.address}/api/v1/me/preferences", data={"language": language}, headers={"X-CSRF-Token": csrf}
    )
    assert answer.ok, answer.text()
    window.go("/system")
    expect(window.page).to_have_title(f"{text} · nigoh", timeout=LONG_MS)


def test_on_a_phone_all_views_are_in_a_drawer(open_window: OpenWindow) -> None:
    window = open_window("/system", size=PHONE)
    window.sees("Version")
    window.press("All views")
    window.sees("Settings")


def test_a_view_that_is_not_there_says_so(open_window: OpenWindow) -> None:
    window = open_window("/no-such-view")
    window.sees("There is nothing here")
