"""Every route, asked by everybody: each role, with all cameras and with one, and without any credential.

The routes are read from the application: one that is added is asked here too, and one that does not say who may use
it cannot be built.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from nigoh.domain.access import GRANTED, Permission, Principal, Role
from nigoh.errors import ConfigError
from nigoh.server.guard import OPEN, Declaration, declarations, needs

if TYPE_CHECKING:
    from tests.flow.api.conftest import House

ASKED_FOR = "this needs the permission"
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
NOBODY = "01nobody000000000000000000"
ENDING_THE_SERVER_FOR_ALL = {"/api/v1/setup"}


def asked(house: House, declaration: Declaration, *, camera: str) -> str:
    """The address of a route about a thing of this camera; what is changed is nobody's."""
    found = {"name": camera, "sighting": house.ids[f"sighting:{camera}"], "clip": house.ids[f"clip:{camera}"]}
    found |= {"person": house.ids["person"], "list_id": house.ids["list"], "group": house.ids["group"]}
    return re.sub(r"\{(\w+)\}", lambda part: found.get(part[1], NOBODY), declaration.path)


def nobodys(declaration: Declaration) -> str:
    return re.sub(r"\{\w+\}", NOBODY, declaration.path)


def denied(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and ASKED_FOR in answer.json()["detail"]


def rest(house: House) -> list[Declaration]:
    return [each for each in declarations(house.app) if each.methods]


def test_there_are_routes_to_ask(house: House) -> None:
    paths = {each.path for each in declarations(house.app)}
    assert len(paths) > 50
    assert {"/api/v1/people", "/api/v1/events", "/api/v1/live", "/metrics", "/api/v1/users", "/api/v1/audit"} <= paths


def test_only_what_shows_nobody_and_nothing_is_open(house: House) -> None:
    assert {each.path for each in declarations(house.app) if each.permissions is None} <= {
        "/api/v1/health",
        "/api/v1/ready",
        "/api/v1/session",
        "/api/v1/session/ways",
        "/api/v1/setup",
        "/api/openapi.json",
        "/api/docs",
        "/api/docs/{name}",
        "/setup",
        "/setup/{name}",
    }


def test_whoever_is_not_known_gets_nothing_from_any_other_route(house: House) -> None:
    with httpx.Client(base_url=house.address) as client:
        for declaration in rest(house):
            if declaration.permissions is None:
                continue
            for method in declaration.methods:
                for headers in ({}, {"Authorization": "Bearer nigoh_forged"}, {"Cookie": "nigoh-session=forged"}):
                    answer = client.request(method, asked(house, declaration, camera=house.gate), headers=headers)
                    assert answer.status_code == 401, f"{method} {declaration.path}: {answer.text}"
                    assert answer.json()["type"] == "/api/problems/unauthenticated"


@pytest.mark.parametrize("scoped", [False, True], ids=["all cameras", "one camera"])
@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_it_is_granted_and_nothing_else(house: House, role: Role, scoped: bool) -> None:
    wrong = []
    with house.client(role, scoped=scoped) as client:
        for declaration in rest(house):
            if declaration.permissions is None:
                continue
            expected = not declaration.permissions <= GRANTED[role]
            for method in declaration.methods:
                path = nobodys(declaration) if method in CHANGING else asked(house, declaration, camera=house.gate)
                answer = client.request(method, path)
                if denied(answer) is not expected or answer.status_code >= 500:
                    wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER])
def test_what_was_seen_on_a_camera_is_not_there_for_who_may_not_see_the_camera(house: House, role: Role) -> None:
    leaks = []
    with house.client(role, scoped=True) as client:
        for declaration in rest(house):
            about_door = asked(house, declaration, camera=house.door)
            is_about_it = about_door != asked(house, declaration, camera=house.gate)
            for method in declaration.methods:
                if not is_about_it or not (declaration.permissions or set()) <= GRANTED[role]:
                    continue
                answer = client.request(method, about_door, json=body_of(declaration))
                if answer.status_code != 404:
                    leaks.append(f"{method} {about_door}: {answer.status_code} {answer.text[:200]}")
    assert leaks == []


def body_of(declaration: Declaration) -> dict[str, object]:
    if declaration.path.endswith("/verdict"):
        return {"verdict": "confirmed"}
    if declaration.path.endswith("/enrol"):
        return {"person": NOBODY}
    return {}


@pytest.mark.parametrize("role", list(Role))
def test_no_answer_names_a_camera_to_who_may_not_see_it(house: House, role: Role) -> None:
    with house.client(role, scoped=True) as client:
        for declaration in rest(house):
            if "GET" not in declaration.methods or declaration.path in {"/api/openapi.json", "/metrics"}:
                continue
            answer = client.get(asked(house, declaration, camera=house.gate))
            assert house.door not in answer.text, declaration.path
            assert house.ids[f"sighting:{house.door}"] not in answer.text, declaration.path


def test_asking_for_the_other_camera_by_a_filter_finds_nothing(house: House) -> None:
    with house.client(Role.OPERATOR, scoped=True) as client:
        for noun in ("sightings", "clips"):
            assert client.get(f"/api/v1/{noun}", params={"camera": house.door}).json()["items"] == []
            both = client.get(f"/api/v1/{noun}", params={"camera": [house.door, house.gate]}).json()["items"]
            assert {each["camera"] for each in both} == {house.gate}
        assert client.get("/api/v1/sightings/count", params={"camera": house.door}).json()["number"] == 0
        assert client.get("/api/v1/cameras", params={"search": "door"}).json()["items"] == []


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/live"])
@pytest.mark.parametrize("role", list(Role))
def test_websockets_ask_for_the_same_permissions(house: House, role: Role, path: str) -> None:
    needed = next(each.permissions for each in declarations(house.app) if each.path == path and not each.methods)
    assert needed
    if needed <= GRANTED[role]:
        with connect(house.socket_address + path, additional_headers=house.headers(role)):
            return
    with pytest.raises(InvalidStatus) as refused:
        connect(house.socket_address + path, additional_headers=house.headers(role))
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/live"])
def test_websockets_open_for_nobody_who_is_not_known(house: House, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer nigoh_forged"}):
        with pytest.raises(InvalidStatus) as refused:
            connect(house.socket_address + path, additional_headers=headers)
        assert refused.value.response.status_code == 401


def test_a_token_permits_its_scopes_alone(house: House) -> None:
    narrow = house.token({Permission.LISTS_READ})
    with httpx.Client(base_url=house.address, headers={"Authorization": f"Bearer {narrow}"}) as client:
        assert client.get("/api/v1/watch-lists").status_code == 200
        assert denied(client.get("/api/v1/people"))
        assert denied(client.delete(f"/api/v1/people/{house.ids['person']}"))


def test_names_are_for_those_who_may_read_people(house: House) -> None:
    narrow = house.token({Permission.SIGHTINGS_READ})
    path = f"/api/v1/sightings/{house.ids[f'sighting:{house.gate}']}"
    with house.client() as client:
        assert client.get(path).json()["person_name"] == "Oʻktam"
        answer = client.get(path, headers={"Authorization": f"Bearer {narrow}"}).json()
    assert answer["person_name"] is None
    assert answer["candidates"][0]["name"] is None


def test_an_application_with_a_route_that_declares_nothing_is_not_built() -> None:
    app, router = FastAPI(openapi_url=None), APIRouter()

    @router.get("/open", dependencies=[OPEN])
    def opened() -> None: ...

    @router.get("/known")
    def known(who: Annotated[Principal, needs()]) -> None: ...

    app.include_router(router)
    assert [each.path for each in declarations(app)] == ["/open", "/known"]

    @router.get("/forgotten")
    def forgotten() -> None: ...

    app = FastAPI(openapi_url=None)
    app.include_router(router)
    with pytest.raises(ConfigError, match="/forgotten does not say who may use it"):
        list(declarations(app))
