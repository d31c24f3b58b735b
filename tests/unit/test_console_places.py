"""Addresses inside the console, and files that come in by the browser."""

import asyncio
from typing import NoReturn

import flet as ft
import pytest

from nigoh.errors import Forbidden, Missing, Throttled
from nigoh.server.console.login import language_of
from nigoh.ui.baskets import Baskets, ReceivedFile
from nigoh.ui.console import Console
from nigoh.ui.view import Entry, Place, part, place


def _never(console: Console, here: Place) -> NoReturn:
    raise AssertionError((console, here))


def entry(pattern: str) -> Entry:
    return Entry(pattern=pattern, title=lambda _say: "", make=_never, icon=ft.Icons.CIRCLE)


@pytest.mark.parametrize(
    ("pattern", "route", "names"),
    [
        ("/people", "/people", {}),
        ("/people", "/people/", {}),
        ("/people", "/people?list=a", {}),
        ("/people/{person}", "/people/01abc", {"person": "01abc"}),
        ("/cameras/{name}/zones", "/cameras/gate/zones", {"name": "gate"}),
    ],
)
def test_a_route_finds_its_view(pattern: str, route: str, names: dict[str, str]) -> None:
    found = entry(pattern).match(Place.of(route))
    assert found is not None
    assert found.names == names


@pytest.mark.parametrize("route", ["/", "/persons", "/people/a/b"])
def test_another_route_does_not(route: str) -> None:
    assert entry("/people").match(Place.of(route)) is None


def test_what_stands_in_an_address_comes_back_out_of_it() -> None:
    route = place("/events", camera="вход & выход", person=None, empty="")
    assert Place.of(route).query == {"camera": "вход & выход"}
    assert str(Place.of(route)) == route
    assert part("a/b ?") == "a%2Fb%20%3F"


def test_a_name_in_a_path_comes_out_as_it_went_in() -> None:
    found = entry("/cameras/{name}").match(Place.of(f"/cameras/{part('кириш/1 ?')}"))
    assert found is not None
    assert found.names == {"name": "кириш/1 ?"}


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "de-DE,de;q=0.9", "en"),
        ("", "de,ru;q=0.5,en", "ru"),
        ("", "uz-Cyrl-UZ,ru", "uz_Cyrl"),
        ("", "uz,ru", "uz_Latn"),
        ("ru", "uz", "ru"),
        ("<script>", "", "en"),
    ],
)
def test_the_login_speaks_as_the_browser_likes(asked: str, accepted: str, language: str) -> None:
    assert language_of(asked, accepted) == language


def test_a_file_reaches_whoever_opened_the_basket_and_nobody_else() -> None:
    async def run() -> list[bytes]:
        baskets, got = Baskets(), []

        async def take(file: ReceivedFile) -> None:
            got.append(file.content)

        basket = baskets.open(4, take)
        await baskets.put(baskets.find(basket.ticket), ReceivedFile("a", b"face"))
        with pytest.raises(Forbidden, match="larger"):
            await baskets.put(basket, ReceivedFile("b", b"large"))
        baskets.close(basket)
        with pytest.raises(Missing):
            baskets.find(basket.ticket)
        return got

    assert asyncio.run(run()) == [b"face"]


def test_files_that_arrive_at_once_have_a_bound() -> None:
    async def run() -> None:
        baskets = Baskets(most_bytes=6)
        held = asyncio.Event()

        async def hold(_file: ReceivedFile) -> None:
            await held.wait()

        basket = baskets.open(4, hold)
        first = asyncio.create_task(baskets.put(basket, ReceivedFile("a", b"1234")))
        await asyncio.sleep(0)
        with pytest.raises(Throttled):
            await baskets.put(basket, ReceivedFile("b", b"1234"))
        held.set()
        await first
        await baskets.put(basket, ReceivedFile("b", b"1234"))

    asyncio.run(run())
