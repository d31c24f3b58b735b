"""The OpenAPI 3.1 document of the application: what FastAPI knows, and what holds for every route."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from nigoh.server.guard import Declaration, declarations
from nigoh.server.idempotency import HEADER, RepeatableRoute
from nigoh.server.problems import MEDIA_TYPE, Problem, problem_kinds

Document = dict[str, Any]
"""A JSON object. OpenAPI's own form is its type."""

_INTRODUCTION = """People, cameras and sightings of nigoh, for consoles and other systems.

**Who asks** says so with `Authorization: Bearer TOKEN`, or with the cookie of a session (which also needs the header
`X-CSRF-Token` for everything that changes something). Each operation names the permission that it needs.

**Lists** come in pages: `limit` and `cursor` in, `next_cursor` and the header `Link` out. **Times** are RFC 3339.
**Errors** are problem details (RFC 9457): `type` never changes, `next_step` says what helps.

**Versions**: answers have an `ETag`. `If-None-Match` saves sending what you have (304), `If-Match` refuses to change
what somebody else has changed (412). **Posts** with an `Idempotency-Key` are done once, however often they are sent.

**WebSockets**: `/api/v1/events?after=N` tells events as they happen; `/api/v1/live` shows live pictures.
`docs/api.md` describes their messages.
"""

_METHODS = ("get", "post", "put", "patch", "delete")
_NOT_MODIFIED = {"description": "You have the newest version."}


def build_document(app: FastAPI) -> Document:
    """The document of an application whose routes are all there."""
    document: Document = get_openapi(
        title="nigoh",
        version=app.version,
        openapi_version="3.1.0",
        description=_INTRODUCTION,
        routes=app.routes,
    )
    declared = {declaration.path: declaration for declaration in _rest(declarations(app))}
    repeatable = {
        (route.path, method.lower())
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, RepeatableRoute)
        for method in route.methods or ()
    }
    by_method = _by_method(app)
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if (operation := operations.get(method)) is not None:
                _describe(operation, by_method.get((path, method), declared[path]))
                _describe_headers(operation, method, repeats=(path, method) in repeatable and method == "post")
    _describe_components(document)
    return document


def _rest(all_of_them: Iterator[Declaration]) -> Iterator[Declaration]:
    return (each for each in all_of_them if each.methods)


def _by_method(app: FastAPI) -> Mapping[tuple[str, str], Declaration]:
    return {
        (declaration.path, method.lower()): declaration
        for declaration in _rest(declarations(app))
        for method in declaration.methods
    }


def _describe(operation: Document, declaration: Declaration) -> None:
    """Who may use it, and that errors are problems."""
    responses = operation["responses"]
    responses.pop("422", None)
    responses["default"] = {
        "description": "What went wrong.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if declaration.permissions is None:
        operation["security"] = []
        return
    names = sorted(permission.value for permission in declaration.permissions)
    operation["security"] = [{"token": names}, {"session": names}]
    if declaration.or_local:
        operation["security"].append({})
    operation["x-permissions"] = names


def _describe_headers(operation: Document, method: str, *, repeats: bool) -> None:
    parameters = operation.setdefault("parameters", [])
    if method == "get":
        operation["responses"]["304"] = _NOT_MODIFIED
        parameters.append(_header("If-None-Match", "An ETag that you have: 304 if it is the newest."))
    if repeats:
        parameters.append(_header(HEADER, "Makes it safe to send this again: choose a new one for each request."))


def _header(name: str, description: str) -> Document:
    schema = {"type": "string", "maxLength": 255}
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def _describe_components(document: Document) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    problem["properties"]["type"]["examples"] = [kind.type for kind in problem_kinds()]
    schemas["Problem"] = problem
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A personal API token."},
        "session": {"type": "apiKey", "in": "cookie", "name": "nigoh-session", "description": "Of the console."},
    }


DocumentOf = Callable[[], Document]
