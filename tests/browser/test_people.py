"""People: added with photos that are looked at, found again, imported, erased."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from playwright.sync_api import FilePayload, Locator, expect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import OpenWindow, Window

    from nigoh.testing.running_product import RunningProduct

LONG_MS = 120_000.0


def photos_of(product: RunningProduct, person: str) -> list[str]:
    return [each["id"] for each in product.ask("GET", f"people/{person}/photos").json()["items"]]


def found(product: RunningProduct, name: str) -> list[str]:
    people = product.ask("GET", "people", params={"search": name}).json()["items"]
    return [each["id"] for each in people]


def drop(window: Window, *files: Path) -> None:
    """Give files to the page inside the view that takes photos."""
    window.page.frame_locator("iframe").locator("#files").set_input_files([str(each) for each in files])


def marked(window: Window, identifier: str) -> Locator:
    """What has this identifier."""
    return window.page.locator(f"[flt-semantics-identifier={identifier}]")


def test_somebody_is_added_with_a_photo_that_is_looked_at_before(
    open_window: OpenWindow, product: RunningProduct, shared_data: Path
) -> None:
    window = open_window("/people/new", user="otabek")
    drop(window, shared_data / "photos/portraits/biden.jpg")
    window.sees("The photo is good")
    window.sees("1 photo is ready.")
    name = window.page.get_by_role("textbox", name="Name", exact=True)
    name.click(force=True)
    name.fill("Joʻra Salimov")
    window.press("Save")
    window.page.wait_for_url(lambda url: not url.endswith("/people/new"), timeout=LONG_MS)
    (person,) = found(product, "Жўра Салимов")
    assert window.page.url.endswith(f"/people/{person}")
    assert len(photos_of(product, person)) == 1
    product.ask("DELETE", f"people/{person}")
    assert window.errors == []


def test_who_looks_like_somebody_enrolled_is_asked_about_and_the_photo_becomes_theirs(
    open_window: OpenWindow, product: RunningProduct, shared_data: Path
) -> None:
    before = photos_of(product, product.person)
    window = open_window("/people/new")
    drop(window, shared_data / "photos/portraits/obama2.jpg")
    window.sees("Already enrolled? These people look alike.")
    expect(window.page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    window.press("It is them: add the photos")
    window.page.wait_for_url(f"**/people/{product.person}", timeout=LONG_MS)
    (added,) = set(photos_of(product, product.person)) - set(before)
    product.ask("DELETE", f"photos/{added}", 204)


def test_in_a_photo_of_several_people_the_face_that_is_meant_is_pressed(
    open_window: OpenWindow, shared_data: Path
) -> None:
    window = open_window("/people/new")
    drop(window, shared_data / "photos/portraits/knn_examples/test/obama_and_biden.jpg")
    window.sees("Several faces: choose one")
    marked(window, "face-2").click(force=True)
    window.sees("Other people are in the picture")


def test_an_archive_is_imported_and_each_file_told_of(
    open_window: OpenWindow, product: RunningProduct, shared_data: Path
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.write(shared_data / "photos/portraits/lin-manuel-miranda.png", "Lola Imported.png")
        written.writestr("Broken.jpg", b"nothing")
    window = open_window("/people/new?mode=import")
    file = FilePayload(name="people.zip", mimeType="application/zip", buffer=archive.getvalue())
    window.page.frame_locator("iframe").locator("#files").set_input_files(file)
    marked(window, "import-done").wait_for(state="attached", timeout=LONG_MS)
    assert "1 person added" in (marked(window, "import-done").get_attribute("aria-label") or "")
    window.press("Report")
    window.sees("The file cannot be read")
    (person,) = found(product, "Lola Imported")
    product.ask("DELETE", f"people/{person}")


def test_somebody_is_searched_for_in_another_script_and_erased_after_it_is_told_what_goes(
    open_window: OpenWindow, product: RunningProduct
) -> None:
    gone = product.ask("POST", "people", 201, json={"name": "Gʻani Yoʻldoshev"}).json()["id"]
    window = open_window("/people")
    marked(window, f"person-{product.person}").wait_for(state="attached", timeout=LONG_MS)
    window.type("Search by name", "Ғани")
    expect(marked(window, f"person-{product.person}")).to_have_count(0, timeout=LONG_MS)
    marked(window, f"person-{gone}").click(force=True)
    window.page.wait_for_url(f"**/people/{gone}", timeout=LONG_MS)
    window.press("Erase…")
    window.sees("0 photos, and what was computed of them")
    window.press("Erase")
    window.page.wait_for_url("**/people", timeout=LONG_MS)
    product.ask("GET", f"people/{gone}", 404)


def test_somebody_is_enrolled_from_a_sighting(open_window: OpenWindow, product: RunningProduct) -> None:
    def seen() -> str | None:
        sightings = product.ask("GET", "sightings").json()["items"]
        return next((each["id"] for each in sightings if each["has_picture"]), None)

    window = open_window(f"/people/new?sighting={product.until(seen)}")
    window.sees("sighting.jpg")


def test_somebodys_details_are_changed(open_window: OpenWindow, product: RunningProduct) -> None:
    person = product.ask("POST", "people", 201, json={"name": "Nodira Aliyeva"}).json()["id"]
    window = open_window(f"/people/{person}?part=details")
    window.type("Group", "Canteen")
    window.press("Save")
    window.page.wait_for_url(f"**/people/{person}", timeout=LONG_MS)
    assert product.ask("GET", f"people/{person}").json()["group"] == "Canteen"
    product.ask("DELETE", f"people/{person}")


def test_who_looks_on_is_offered_nothing_that_they_may_not_do(
    open_window: OpenWindow, product: RunningProduct
) -> None:
    window = open_window(f"/people/{product.person}?part=photos", user="vera")
    window.sees("Best photo")
    for action in ("Edit", "Merge…", "Export", "Erase…"):
        expect(window.page.get_by_role("button", name=action, exact=True)).to_have_count(0)
    assert not [each for each in window.page.frames if "photos.html" in each.url]
