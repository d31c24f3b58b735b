"""How fast the console is in a real browser, with 10,000 people and a million sightings behind it.

    .venv/bin/python benchmarks/console_views.py [--people 10000] [--sightings 1000000] [--rounds 15]

Starts `nigoh up` on a database that was filled so, and a headless Chromium. Measured: the first load, from an empty
cache until the client's program has begun in the browser, which is before it has drawn a view; then each view, from a
press in the navigation to the first answer of its data drawn (the moment at which its text is in what screen readers
are told, which comes after the picture). Bytes are those that came over the wire in the first load.
"""

import argparse
import statistics
import time
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import text

from nigoh.domain.people import Person
from nigoh.domain.sighting import PersonId
from nigoh.evaluation.machine import describe_machine
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.sightings import Sightings, SightingUpdate
from nigoh.testing.running_product import RunningProduct
from results import console, save_result, show_table
from sighting_material import FIRST_UNIX_S, Crowd, sightings

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
PASSWORD = "seven quiet lanterns 41"  # noqa: S105 - of a server that lives for this run
BATCH = 5_000
LONG_MS = 120_000.0

VIEWS = {"People": "1–36", "Events": "person ", "System": "Coverage", "Settings": "Language and looks"}
"""What is pressed, and what stands there when the view's data has come."""


def fill(path: Path, people: int, rows: int) -> None:
    """People without photos, and sightings of a month."""
    crowd = Crowd()
    with Database(f"sqlite:///{path}") as database:
        for start in range(0, people, BATCH):
            with database.begin() as connection:
                for number in range(start, min(start + BATCH, people)):
                    person = Person(id=PersonId(f"01person{number:08}"), name=f"person {number:05}")
                    People(connection).add(person)
        # They end now: what is older than it may be kept would go while views are measured.
        later_s = time.time() - FIRST_UNIX_S - rows / crowd.per_s
        told = (
            replace(
                each,
                first_unix_s=each.first_unix_s + later_s,
                last_unix_s=each.last_unix_s + later_s,
                told_unix_s=each.told_unix_s + later_s,
            )
            for each in sightings(crowd, rows)
        )
        while batch := [SightingUpdate(each, "") for each in islice(told, BATCH)]:
            with database.begin() as connection:
                Sightings(connection).write(batch, ())
        with database.begin() as connection:
            connection.execute(text("ANALYZE"))


def first_load(page: Page, address: str) -> tuple[float, float]:
    """Seconds until the client's program has begun, and megabytes that came."""
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    begun = time.perf_counter()
    page.goto(f"{address}/system")
    page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=LONG_MS)
    seconds = time.perf_counter() - begun
    return seconds, sum(sizes) / 1e6


def open_views(page: Page, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of opening each view, again and again."""
    page.evaluate("document.querySelector('flt-semantics-placeholder')?.click()")
    found: dict[str, list[float]] = {name: [] for name in VIEWS}
    for number in range(rounds + 1):
        for name, text_there in VIEWS.items():
            button = page.get_by_role("button", name=name).or_(page.get_by_role("tab", name=name)).first
            button.wait_for(state="attached", timeout=LONG_MS)
            begun = time.perf_counter()
            button.click(force=True)
            page.get_by_text(text_there).first.wait_for(state="attached", timeout=LONG_MS)
            if number:
                found[name].append((time.perf_counter() - begun) * 1000)
            page.wait_for_timeout(200)
    return found


def main() -> None:
    """Measure, show, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--sightings", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    wanted = parser.parse_args()
    with TemporaryDirectory(prefix="nigoh-bench-") as folder, sync_playwright() as playwright:
        product = RunningProduct(Path(folder))
        with product.running():
            product.set_up("aziza", PASSWORD)
        console.print("filling the database")
        fill(Path(folder) / "data" / "nigoh.db", wanted.people, wanted.sightings)
        with product.running():
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            loads: list[tuple[float, float]] = []
            for _ in range(3):
                context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
                answer = context.request.post(
                    f"{product.address}/api/v1/session", data={"name": "aziza", "password": PASSWORD}
                )
                if not answer.ok:
                    raise SystemExit(answer.text())
                page = context.new_page()
                loads.append(first_load(page, product.address))
                if len(loads) < 3:
                    context.close()
            views = open_views(page, wanted.rounds)
            browser.close()
    figures = {
        "machine": asdict(describe_machine()),
        "people": wanted.people,
        "sightings": wanted.sightings,
        "rounds": wanted.rounds,
        "first_load_s": statistics.median(seconds for seconds, _ in loads),
        "first_load_mb": statistics.median(size for _, size in loads),
        "views_ms": {name: {"median": statistics.median(runs), "worst": max(runs)} for name, runs in views.items()},
    }
    place = save_result("console_views", figures)
    rows: list[tuple[object, ...]] = [
        ("first load, s", figures["first_load_s"], ""),
        ("first load, MB", figures["first_load_mb"], ""),
        *((f"{name}, ms", statistics.median(runs), max(runs)) for name, runs in views.items()),
    ]
    show_table("The console in Chromium", ("", "median", "worst"), rows)
    console.print(place)


if __name__ == "__main__":
    main()
