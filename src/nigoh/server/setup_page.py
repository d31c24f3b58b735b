"""The page of the first start's link: a name, a password, and there is an administrator."""

from html import escape
from importlib import resources
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from nigoh.domain.preferences import ConsoleLanguage
from nigoh.errors import Missing
from nigoh.office.first_start import PAGE
from nigoh.server.console.login import language_of
from nigoh.server.guard import OPEN
from nigoh.ui.words.say import Say

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KINDS = {"setup.css": "text/css; charset=utf-8", "setup.js": "text/javascript; charset=utf-8"}


def setup_page_router() -> APIRouter:
    """The page. Anybody may load it; it does nothing without the token, which stands behind the # of the link."""
    router = APIRouter(prefix=PAGE, include_in_schema=False)

    @router.get("", dependencies=[OPEN])
    def page(
        lang: Annotated[str, Query(max_length=16)] = "", accept_language: Annotated[str, Header(max_length=1024)] = ""
    ) -> Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        content = setup_page(language_of(lang, accept_language))
        return Response(content, headers=headers, media_type="text/html; charset=utf-8")

    @router.get("/{name}", dependencies=[OPEN])
    def page_part(name: str) -> Response:
        if name not in _KINDS:
            raise Missing("page", name)
        return Response(_read(name), headers={"Cache-Control": "no-cache"}, media_type=_KINDS[name])

    return router


def setup_page(language: ConsoleLanguage) -> bytes:
    """The page in a language."""
    say = Say(language)
    words = {
        "language": language.value.replace("_", "-"),
        "title": say("first start"),
        "about": say("Make the first administrator. The link that brought you here works once."),
        "name": say("Login name"),
        "password": say("Password"),
        "again": say("Password again"),
        "make": say("Make the administrator"),
        "away": say("The server does not answer. Is nigoh still running?"),
        "differ": say("The two passwords differ."),
        "whole": say("This page belongs to the link that nigoh prints when it starts. Open the whole link."),
        "made": say("{name} is administrator now and can log in.", name="NAME"),
        "on": say("Log in and begin"),
        "languages": say("Language"),
        "script": say("This page needs JavaScript."),
    }
    page = _read("setup.html").decode()
    return page.format_map({name: escape(text, quote=True) for name, text in words.items()}).encode()


def _read(name: str) -> bytes:
    return resources.files("nigoh.server").joinpath("pages", name).read_bytes()
