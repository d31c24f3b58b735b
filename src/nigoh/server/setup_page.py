"""The page of the first start's link: a name, a password, and there is an administrator."""

from importlib import resources

from fastapi import APIRouter, Response

from nigoh.errors import Missing
from nigoh.office.first_start import PAGE
from nigoh.server.guard import OPEN

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KINDS = {"setup.css": "text/css; charset=utf-8", "setup.js": "text/javascript; charset=utf-8"}


def setup_page_router() -> APIRouter:
    """The page. Anybody may load it; it does nothing without the token, which stands behind the # of the link."""
    router = APIRouter(prefix=PAGE, include_in_schema=False)

    @router.get("", dependencies=[OPEN])
    def page() -> Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return Response(_read("setup.html"), headers=headers, media_type="text/html; charset=utf-8")

    @router.get("/{name}", dependencies=[OPEN])
    def page_part(name: str) -> Response:
        if name not in _KINDS:
            raise Missing("page", name)
        return Response(_read(name), headers={"Cache-Control": "no-cache"}, media_type=_KINDS[name])

    return router


def _read(name: str) -> bytes:
    return resources.files("nigoh.server").joinpath("pages", name).read_bytes()
