"""The page behind the link of the first start."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from nigoh.server.problems import answer_errors
from nigoh.server.setup_page import setup_page_router
from nigoh.server.web_server import WebOptions, WebServer

PAGES = Path(__file__).resolve().parents[2] / "src" / "nigoh" / "server" / "pages"


@pytest.fixture
def asking() -> Iterator[httpx.Client]:
    app = FastAPI()
    answer_errors(app)
    app.include_router(setup_page_router())
    with WebServer(app, WebOptions(port=0)) as server, httpx.Client(base_url=server.address, timeout=20) as client:
        yield client


def test_the_page_loads_all_that_it_needs_from_this_server_and_nothing_else(asking: httpx.Client) -> None:
    page = asking.get("/setup")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    wanted = re.findall(r'<(?:link|script)[^>]+(?:href|src)="([^"]+)"', page.text)
    assert len(wanted) == 2
    for address in wanted:
        assert address.startswith("/setup/")
        assert asking.get(address).status_code == 200
    assert not re.search(r"https?://", page.text + asking.get("/setup/setup.js").text)
    assert "<script>" not in page.text


def test_nothing_but_its_own_parts_can_be_had_below_it(asking: httpx.Client) -> None:
    for name in ("docs.js", "setup.html", "..%2Fsetup_page.py", "%2e%2e/app.py"):
        assert asking.get(f"/setup/{name}").status_code == 404


@pytest.mark.parametrize(
    ("lang", "accepted", "language", "word"),
    [
        ("uz_Latn", "", "uz-Latn", "Birinchi administratorni yarating"),
        ("uz_Cyrl", "", "uz-Cyrl", "Биринчи администраторни яратинг"),
        ("", "ru-RU,ru;q=0.9", "ru", "Создайте первого администратора"),
        ("", "fr", "en", "Make the first administrator"),
        ("<script>", "ru", "ru", "Создайте первого администратора"),
    ],
)
def test_the_page_speaks_four_languages(
    asking: httpx.Client, lang: str, accepted: str, language: str, word: str
) -> None:
    page = asking.get("/setup", params={"lang": lang}, headers={"Accept-Language": accepted})
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert word in page.text
    # Whoever made the administrator goes on to the login, and from there to the first camera.
    assert 'href="/login?next=/welcome"' in page.text
