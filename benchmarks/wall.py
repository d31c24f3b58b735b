"""The wall of live pictures in a real browser: pictures drawn a second on each tile, and memory over time.

    .venv/bin/python benchmarks/wall.py [--cameras 16] [--minutes 30]

Starts simulated cameras, `nigoh up` on them and a headless Chromium that shows the wall alone. What is counted is
what the browser has drawn, not what was sent to it. Memory is that of the browser's processes together (PSS), and of
the heap of the page's script. Everything shares this machine.
"""

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from nigoh.evaluation.machine import describe_machine
from nigoh.testing.farm.process import FarmProcess
from nigoh.testing.running_product import RunningProduct
from results import console, save_result, show_table

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PASSWORD = "seven quiet lanterns 41"  # noqa: S105 - of a server that lives for this run
_WARM_S = 20.0
_LOOK_S = 10.0
_MOST_TILES = (1, 4, 9, 16, 25, 36)


@dataclass(frozen=True)
class Look:
    """A moment of the wall.

    Attributes:
        seconds: since the figures began.
        drawn: pictures since the page began, of each tile.
        level: 0: as large and as many as wanted; each more is smaller or fewer.
        late_s: how far the pictures are behind the freshest.
        heap_mb: of the page's script.
        browser_mb: of all processes of the browser.
        browser_cpu_s, engine_cpu_s: used so far.
    """

    seconds: float
    drawn: tuple[int, ...]
    level: int
    late_s: float
    heap_mb: float
    browser_mb: float
    browser_cpu_s: float
    engine_cpu_s: float


class Processes:
    """A process and all that it has started."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._used: dict[int, float] = {}

    def cpu_s(self) -> float:
        """CPU seconds, of those that have ended, too."""
        for each in self._all():
            try:
                times = each.cpu_times()
            except psutil.NoSuchProcess:
                continue
            self._used[each.pid] = times.user + times.system
        return sum(self._used.values())

    def memory_mb(self) -> float:
        """Proportional memory."""
        found = 0
        for each in self._all():
            try:
                found += each.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return found / 2**20

    def _all(self) -> list[psutil.Process]:
        return [self._root, *self._root.children(recursive=True)]


def browser_of(parent: int) -> int:
    """The process of Chromium that this program's Playwright has started."""
    for each in psutil.Process(parent).children(recursive=True):
        if "chrom" in each.name() and "--type=" not in " ".join(each.cmdline()):
            return each.pid
    raise SystemExit("error: there is no Chromium among the processes of this program")


def open_wall(browser: Browser, product: RunningProduct, tiles: int) -> Page:
    """The wall alone, as an administrator."""
    page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    login = {"name": "bench", "password": _PASSWORD}
    page.context.request.post(f"{product.address}/api/v1/session", data=login)
    page.goto(f"{product.address}/wall?tiles={tiles}&tour=0")
    # Not wait_for_function: it evaluates a text, which the page's policy forbids.
    product.until(lambda: page.evaluate("window.nigohWall?.measured().tiles.every((tile) => tile.drawn > 0)"))
    return page


def look(page: Page, begun_s: float, browser: Processes, engine: Processes) -> Look:
    """How it is now."""
    found: dict[str, Any] = page.evaluate("window.nigohWall.measured()")
    heap: float = page.evaluate("performance.memory.usedJSHeapSize")
    return Look(
        seconds=time.monotonic() - begun_s,
        drawn=tuple(tile["drawn"] for tile in found["tiles"]),
        level=found["level"],
        late_s=found["late_s"],
        heap_mb=heap / 2**20,
        browser_mb=browser.memory_mb(),
        browser_cpu_s=browser.cpu_s(),
        engine_cpu_s=engine.cpu_s(),
    )


def watch_wall(page: Page, seconds: float, browser: Processes, engine: Processes) -> list[Look]:
    """Looks at it, every 10 s."""
    page.wait_for_timeout(_WARM_S * 1000)
    begun_s = time.monotonic()
    looks = [look(page, begun_s, browser, engine)]
    while looks[-1].seconds < seconds:
        page.wait_for_timeout(_LOOK_S * 1000)
        looks.append(look(page, begun_s, browser, engine))
    return looks


def run(cameras: int, seconds: float) -> list[Look]:
    """All of it, from nothing to the last look."""
    tiles = next(count for count in _MOST_TILES if count >= cameras)
    farm = FarmProcess(["--cameras", str(cameras), "--size", "640x360", "--fps", "15"])
    with tempfile.TemporaryDirectory() as folder, farm as cams:
        product = RunningProduct(Path(folder))
        with product.running(), product.client, sync_playwright() as playwright:
            product.set_up("bench", _PASSWORD)
            for number, url in enumerate(cams.place.urls, start=1):
                product.ask("POST", "cameras", 201, json={"name": f"cam{number:02}", "url": url})
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            engine = Processes(product.ask("GET", "system").json()["pid"])
            page = open_wall(browser, product, tiles)
            looks = watch_wall(page, seconds, Processes(browser_of(os.getpid())), engine)
            browser.close()
    return looks


def summarise(looks: list[Look], cameras: int) -> dict[str, object]:
    """The figures of a run."""
    first, last = looks[0], looks[-1]
    seconds = last.seconds - first.seconds
    fps = sorted(
        (after - before) / seconds for before, after in zip(first.drawn, last.drawn[:cameras], strict=False)
    )[-cameras:]
    half = looks[len(looks) // 2 :]
    return {
        "cameras": cameras,
        "seconds": round(seconds, 1),
        "fps_a_tile_worst": round(fps[0], 2),
        "fps_a_tile_median": round(statistics.median(fps), 2),
        "level_last": last.level,
        "level_most": max(each.level for each in looks),
        "late_s_worst": round(max(each.late_s for each in looks), 3),
        "browser_cores": round((last.browser_cpu_s - first.browser_cpu_s) / seconds, 2),
        "engine_cores": round((last.engine_cpu_s - first.engine_cpu_s) / seconds, 2),
        "browser_mb_first": round(first.browser_mb, 1),
        "browser_mb_last": round(last.browser_mb, 1),
        "browser_mb_second_half": [round(f(each.browser_mb for each in half), 1) for f in (min, max)],
        "heap_mb_most": round(max(each.heap_mb for each in looks), 1),
    }


def main() -> None:
    """Run it, print it, keep it."""
    parser = argparse.ArgumentParser(description="Measure the wall of live pictures in a browser.")
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    machine = describe_machine()
    looks = run(arguments.cameras, arguments.minutes * 60)
    figures = summarise(looks, arguments.cameras)
    console.print(str(machine))
    show_table("the wall in a browser", ("", "value"), [(name, str(value)) for name, value in figures.items()])
    series = [(round(each.seconds), round(each.browser_mb), round(each.heap_mb, 1), each.level) for each in looks]
    told = {"machine": machine.as_json(), "wall": figures, "seconds_mb_heap_level": series}
    console.print(f"written: {os.path.relpath(save_result('wall', told, arguments.results))}")


if __name__ == "__main__":
    main()
