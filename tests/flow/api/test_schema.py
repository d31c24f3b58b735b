"""The server against its own OpenAPI document: random requests, right and wrong ones, asked by an administrator."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from nigoh.server.problems import problem_kinds

if TYPE_CHECKING:
    from tests.flow.api.conftest import House

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

# Few, as drawing takes longer than asking; with 60 of each, ten thousand requests found nothing either.
EXAMPLES = {schemathesis.GenerationMode.POSITIVE: 2, schemathesis.GenerationMode.NEGATIVE: 1}


@pytest.fixture(scope="module")
def document(house: House) -> dict[str, Any]:
    found = httpx.get(f"{house.address}/api/openapi.json").json()
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def api(house: House, document: dict[str, Any]) -> schemathesis.BaseSchema:
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=house.address)
    schema.config.generation.update(modes=list(schemathesis.GenerationMode))
    return schema


def test_every_answer_is_what_the_document_says(house: House, api: schemathesis.BaseSchema) -> None:
    headers = house.headers()
    for found in api.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        for mode, examples in EXAMPLES.items():

            @settings(
                max_examples=examples,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: schemathesis.Case[Any]) -> None:
                case.call_and_validate(headers=headers, checks=CHECKS, timeout=20)

            ask()


def test_the_document_is_openapi_3_1_and_says_who_may_do_what(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert len(operations) > 60
    assert all("security" in each and each["responses"]["default"]["content"] for each in operations)
    erase = document["paths"]["/api/v1/people/{person}"]["delete"]
    assert erase["x-permissions"] == ["people:erase"]
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert "HTTPValidationError" not in json.dumps(document)
    kinds = document["components"]["schemas"]["Problem"]["properties"]["type"]["examples"]
    assert kinds == [kind.type for kind in problem_kinds()]


def test_the_documents_page_loads_nothing_from_anywhere_else(house: House) -> None:
    with httpx.Client(base_url=house.address) as client:
        page = client.get("/api/docs")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        for name in ("docs.js", "docs.css"):
            part = client.get(f"/api/docs/{name}")
            assert part.status_code == 200
            assert f"/api/docs/{name}" in page.text
            assert "://" not in part.text
        assert client.get("/api/docs/docs.html").status_code == 404
    assert "://" not in page.text
    script = resources.files("nigoh.server").joinpath("pages", "docs.js").read_text("utf-8")
    assert not any(
        word in script for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "document.write")
    )
