"""Pictures of every view of the console: light and dark, wide and on a phone, in four languages.

    python scripts/screenshots.py [--out DIR] [--language ru] [--only people,events]

Needs Debian's chromium. Everything else is started here, on simulated cameras, and ended.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product as every
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from nigoh.cli.demo import FARM_OPTIONS, fill
from nigoh.config.environment import read_folders
from nigoh.domain.preferences import ConsoleLanguage
from nigoh.testing.farm.process import FarmProcess
from nigoh.testing.running_product import RunningProduct
from nigoh.testing.sample_store import obtain_samples
from nigoh.ui.view import part
from nigoh.ui.views import VIEWS

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
NAME, PASSWORD = "demo", "four calm rivers 29"
SETTLED_MS = 2_500
LONG_MS = 120_000.0


@contextmanager
def running() -> Iterator[RunningProduct]:
    """The product, filled, after somebody was seen."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nigoh-screenshots-")))
        samples = obtain_samples(folder / "samples", read_folders().cache)
        farm = stack.enter_context(FarmProcess([*FARM_OPTIONS, "--cameras", "6", "--faces", str(samples.portraits)]))
        started = RunningProduct(folder)
        stack.enter_context(started.client)
        stack.enter_context(started.running())
        started.set_up(NAME, PASSWORD)
        fill(started, farm, samples)
        end_s = time.monotonic() + 60
        while len(started.ask("GET", "sightings").json()["items"]) < 4 and time.monotonic() < end_s:
            time.sleep(1)
        yield started


def routes(product: RunningProduct) -> dict[str, str]:
    """The address of each view, by a name for its file."""
    person = product.ask("GET", "people").json()["items"][0]["id"]
    camera = product.ask("GET", "cameras").json()["items"][0]["name"]
    sighting = product.ask("GET", "sightings").json()["items"][0]["id"]
    places = {"{person}": person, "{name}": part(camera), "{camera}": part(camera), "{sighting}": sighting}
    found = {}
    for entry in VIEWS:
        route = entry.pattern
        for name, value in places.items():
            route = route.replace(name, value)
        if "{" not in route:
            found[
                entry.pattern.strip("/").replace("/", "-").translate({ord("{"): None, ord("}"): None}) or "start"
            ] = route
    return found


def take(page: Page, address: str, place: Path) -> None:
    """One picture."""
    page.goto(address)
    page.wait_for_selector("#loading", state="detached", timeout=LONG_MS)
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=place)
    sys.stdout.write(f"{place}\n")
    sys.stdout.flush()


def take_all(browser: Browser, product: RunningProduct, out: Path, language: str, only: set[str]) -> None:
    """All pictures in one language."""
    chosen = {name: route for name, route in routes(product).items() if not only or name in only}
    product.ask("PUT", "me/preferences", json={"language": language})
    for scheme, (size_name, (width, height)) in every(("light", "dark"), SIZES.items()):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
        )
        page = context.new_page()
        if not only or "login" in only:
            page.goto(f"{product.address}/login?lang={language}")
            page.screenshot(path=out / f"login-{size_name}-{scheme}.png")
        context.request.post(f"{product.address}/api/v1/session", data={"name": NAME, "password": PASSWORD})
        for name, route in chosen.items():
            take(page, product.address + route, out / f"{name}-{size_name}-{scheme}.png")
        context.close()


def main() -> int:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/screenshots"))
    parser.add_argument("--language", choices=[each.value for each in ConsoleLanguage], default="en")
    parser.add_argument("--only", default="", help="names of views, with commas between them")
    wanted = parser.parse_args()
    if not CHROMIUM.exists():
        sys.stderr.write("there is no Chromium here: apt-get install chromium\n")
        return 2
    wanted.out.mkdir(parents=True, exist_ok=True)
    with running() as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        only = set(filter(None, wanted.only.split(",")))
        take_all(browser, product, wanted.out, wanted.language, only)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
