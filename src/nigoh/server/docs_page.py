"""The page that shows the API, and the document that it shows. It loads nothing from anywhere else."""

import json
from importlib import resources

from fastapi import APIRouter, Response

from nigoh.errors import Missing
from nigoh.server.guard import OPEN
from nigoh.server.openapi import DocumentOf

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FRESH = "no-cache"
_KINDS = {"docs.css": "text/css; charset=utf-8", "docs.js": "text/javascript; charset=utf-8"}


def docs_router(document: DocumentOf) -> APIRouter:
    """The routes of the documentation. Anybody may read what there is to ask; nothing of it says who or what is here.

    Args:
        document: gives the OpenAPI document; it is asked for once.
    """
    router = APIRouter(prefix="/api", include_in_schema=False)
    written: list[bytes] = []

    @router.get("/openapi.json", dependencies=[OPEN])
    def openapi() -> Response:
        if not written:
            written.append(json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode())
        return Response(written[0], headers={"Cache-Control": _FRESH}, media_type="application/json")

    @router.get("/docs", dependencies=[OPEN])
    def page() -> Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": _FRESH}
        return Response(_read("docs.html"), headers=headers, media_type="text/html; charset=utf-8")

    @router.get("/docs/{name}", dependencies=[OPEN])
    def page_part(name: str) -> Response:
        if name not in _KINDS:
            raise Missing("page", name)
        return Response(_read(name), headers={"Cache-Control": _FRESH}, media_type=_KINDS[name])

    return router


def _read(name: str) -> bytes:
    return resources.files("nigoh.server").joinpath("pages", name).read_bytes()
