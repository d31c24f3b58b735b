"""Versions of what is read: who has the newest is told so (304), who would change an older one is refused (412).

An ETag is `"v7.1c9f…"`: the version of the thing, and a digest of the answer, which may say more than the thing
itself. `If-Match` counts the version alone.
"""

import hashlib
import re

from fastapi import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nigoh.errors import Stale

_VERSION = re.compile(r'(?:W/)?"v(\d{1,15})(?:\.[0-9a-f]*)?"')
_MOST_DIGESTED_BYTES = 8_388_608
_DIGEST_LETTERS = 20


def set_version(response: Response, version: int) -> None:
    """Say which version of a thing is answered with."""
    response.headers["ETag"] = f'"v{version}"'


def expected_version(if_match: str | None, kind: str, identifier: str) -> int | None:
    """The version that a client means to change; None: whatever it is.

    Args:
        if_match: the header `If-Match`.
        kind: of the thing, for the error.
        identifier: of the thing, for the error.

    Raises:
        Stale: the header names no version of it.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = _VERSION.fullmatch(if_match.strip())
    if found is None:
        raise Stale(kind, identifier)
    return int(found[1])


class EntityTags:
    """Gives answers to GET an ETag, and answers 304 to who has the newest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _TaggedAnswer(send, Headers(scope=scope).get("if-none-match")).send)


class _TaggedAnswer:
    def __init__(self, send: Send, if_none_match: str | None) -> None:
        self._send = send
        self._if_none_match = if_none_match
        self._start: Message | None = None
        self._swallows = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            # What it is called is known with its body alone.
            self._start = message
        elif self._start is not None and message["type"] == "http.response.body":
            start, self._start = self._start, None
            await self._begin(start, message)
        elif not self._swallows:
            await self._send(message)

    async def _begin(self, start: Message, first: Message) -> None:
        headers = MutableHeaders(scope=start)
        is_whole = not first.get("more_body", False)
        if is_whole and len(first.get("body", b"")) <= _MOST_DIGESTED_BYTES:
            headers["ETag"] = _tag(headers.get("ETag"), first.get("body", b""))
        if "ETag" in headers and _has(self._if_none_match, headers["ETag"]):
            self._swallows = True
            kept = {"etag", "cache-control", "last-modified", "link", "vary"}
            raw = [(name, value) for name, value in start["headers"] if name.decode("latin-1").lower() in kept]
            await self._send({"type": "http.response.start", "status": 304, "headers": raw})
            await self._send({"type": "http.response.body", "body": b""})
            return
        await self._send(start)
        await self._send(first)


def _tag(version: str | None, body: bytes) -> str:
    if version is not None and not _VERSION.fullmatch(version):
        return version
    digest = hashlib.sha256(body).hexdigest()[:_DIGEST_LETTERS]
    return f'{version[:-1]}.{digest}"' if version else f'"{digest}"'


def _has(if_none_match: str | None, tag: str) -> bool:
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    return tag in {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
