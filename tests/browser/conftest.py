"""The product as people use it: `nigoh up` over simulated cameras, and a real Chromium before it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as NothingCame

from nigoh.testing.farm.process import FarmProcess
from nigoh.testing.running_product import RunningProduct

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
PATIENCE_MS = 120_000.0
PRESSES = 3
PASSWORD = "seven quiet lanterns 41"  # noqa: S105 - of a server that lives for these tests
ADMINISTRATOR, OPERATOR, VIEWER, AUDITOR = "aziza", "otabek", "vera", "anvar"
FARM = ("--cameras", "2", "--people", "1", "--face-share", "0.6", "--size", "640x360", "--fps", "10", "--gop", "10")
WIDE, PHONE = (1280, 800), (390, 844)


@pytest.fixture(scope="session")
def farm(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarmProcess]:
    """Two simulated cameras past which one person walks."""
    faces = tmp_path_factory.mktemp("faces")
    shutil.copy(shared_data / "photos/portraits/obama3.jpg", faces / "Somebody.jpg")
    with FarmProcess([*FARM, "--faces", str(faces)]) as running:
        yield running


@pytest.fixture(scope="session")
def product(
    farm: FarmProcess, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningProduct]:
    """The product with two cameras, one person, and a user of each role."""
    made = RunningProduct(tmp_path_factory.mktemp("product"))
    with made.running(), made.client:
        made.set_up(ADMINISTRATOR, PASSWORD)
        for name, role in ((OPERATOR, "operator"), (VIEWER, "viewer"), (AUDITOR, "auditor")):
            made.ask("POST", "users", 201, json={"name": name, "role": role, "password": PASSWORD})
        for name, url in zip(("gate", "lobby"), farm.place.urls, strict=True):
            made.ask("POST", "cameras", 201, json={"name": name, "url": url})
        made.person = made.ask("POST", "people", 201, json={"name": "Oʻktam Karimov"}).json()["id"]
        photo = (shared_data / "photos/portraits/obama.jpg").read_bytes()
        made.ask("POST", f"people/{made.person}/photos", 201, files={"photos": ("1.jpg", photo, "image/jpeg")})
        yield made


# Not for the whole session: while Playwright is there, its event loop runs in this thread, and no other test has one.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser."""
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Window:
    """A page of the console in the browser.

    Attributes:
        page: Playwright's.
        product: behind it.
        errors: what the page complained of.
    """

    page: Page
    product: RunningProduct
    errors: list[str] = field(default_factory=list)

    def go(self, route: str) -> None:
        """Open a route of the console, and wait until it is drawn."""
        self.page.goto(self.product.address + route)
        self.ready()

    def ready(self) -> None:
        """Wait until the console is there, with what screen readers are told."""
        placeholder = "flt-semantics-placeholder"
        self.page.wait_for_selector(placeholder, state="attached", timeout=PATIENCE_MS)
        self.page.evaluate(f"document.querySelector('{placeholder}')?.click()")

    def log_in(self, user: str) -> str:
        """Begin a session in this browser, without the page for it; gives the token against forged requests."""
        answer = self.page.context.request.post(
            f"{self.product.address}/api/v1/session", data={"name": user, "password": PASSWORD}
        )
        assert answer.ok, answer.text()
        token: str = answer.json()["csrf_token"]
        return token

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click(force=True)

    def press_until(self, name: str, text: str) -> None:
        """Press a button, and again if the text does not come of it."""
        wanted = self.page.get_by_text(text).first
        for _ in range(PRESSES):
            self.press(name)
            try:
                wanted.wait_for(state="attached", timeout=PATIENCE_MS / PRESSES)
            except NothingCame:
                continue
            return
        wanted.wait_for(state="attached", timeout=PATIENCE_MS)

    def type(self, name: str, text: str) -> None:
        """Fill in a field."""
        box = self.page.get_by_role("textbox", name=name)
        box.click(force=True)
        box.fill(text)

    def sees(self, text: str) -> None:
        """Wait until the text stands there."""
        self.page.get_by_text(text).first.wait_for(state="attached", timeout=PATIENCE_MS)


OpenWindow = Callable[..., Window]


@pytest.fixture
def open_window(chromium: Browser, product: RunningProduct) -> Iterator[OpenWindow]:
    """Opens the console at a route as a user, in a browser of its own."""
    opened = []

    def open_it(route: str, user: str = ADMINISTRATOR, size: tuple[int, int] = WIDE, scheme: str = "light") -> Window:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="en-GB",
        )
        opened.append(context)
        window = Window(context.new_page(), product)
        window.page.on("pageerror", lambda error: window.errors.append(str(error)))
        if user:
            window.log_in(user)
            window.go(route)
        else:
            window.page.goto(product.address + route)
        return window

    yield open_it
    for context in opened:
        context.close()
