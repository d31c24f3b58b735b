"""Posts that may be sent again with the same Idempotency-Key: they are done once, and answered alike."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from nigoh.server.guard import admit
from nigoh.storage.database.database import Database
from nigoh.storage.database.idempotency import KeptAnswer, KeptAnswers

HEADER = "Idempotency-Key"
KEPT_S = 86_400.0
"""For so long an answer is kept."""

_MOST_KEY_LETTERS = 255
_MOST_KEPT_BYTES = 1_048_576

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class RepeatableRoute(APIRoute):
    """A route whose posts may be sent again. Not for those that answer with a secret: it would be kept."""

    def get_route_handler(self) -> Handler:
        """The handler, with what a repeated post gets before it."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handler(request)
            return await _Once(self, request, _checked(key)).answer(handler)

        return answer


class _Once:
    """One request with a key."""

    def __init__(self, route: APIRoute, request: Request, key: str) -> None:
        self._route = route
        self._request = request
        self._key = key
        self._user = ""

    async def answer(self, handler: Handler) -> Response:
        """What was answered before; or what is answered now, kept for the next time."""
        kept = await self._claim()
        if kept is not None:
            headers = {"Idempotency-Replayed": "true"}
            return Response(kept.body, kept.status, headers, kept.content_type or None)
        done = False
        try:
            response = await handler(self._request)
            done = await self._keep(response)
        finally:
            if not done:
                await run_in_threadpool(self._release)
        return response

    async def _claim(self) -> KeptAnswer | None:
        # Permissions come first: an answer is nothing for who may not ask any more.
        principal = await run_in_threadpool(admit, self._route, self._request)
        self._user = principal.user
        said = _request_hash(self._request, await self._request.body())
        return await run_in_threadpool(self._claim_of, said)

    def _claim_of(self, request_hash: str) -> KeptAnswer | None:
        now_unix_s = self._request.app.state.unix_s()
        with self._database.begin() as connection:
            answers = KeptAnswers(connection)
            answers.forget(now_unix_s - KEPT_S)
            return answers.claim(self._user, self._key, request_hash, now_unix_s)

    async def _keep(self, response: Response) -> bool:
        body = bytes(getattr(response, "body", b""))
        is_final = response.status_code < 500 and len(body) <= _MOST_KEPT_BYTES
        if not is_final or not hasattr(response, "body"):
            return False
        answer = KeptAnswer(response.status_code, response.headers.get("content-type", ""), body)
        await run_in_threadpool(self._keep_answer, answer)
        return True

    def _keep_answer(self, answer: KeptAnswer) -> None:
        with self._database.begin() as connection:
            KeptAnswers(connection).keep(self._user, self._key, answer)

    def _release(self) -> None:
        with self._database.begin() as connection:
            KeptAnswers(connection).release(self._user, self._key)

    @property
    def _database(self) -> Database:
        database: Database = self._request.app.state.database
        return database


def _request_hash(request: Request, body: bytes) -> str:
    """Tells two requests apart: path, query, media type and body; clients choose a new boundary each time."""
    media_type, options = parse_options_header(request.headers.get("content-type"))
    head = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + media_type + b"\n"
    if boundary := options.get(b"boundary"):
        body = body.replace(boundary, b"")
    return hashlib.sha256(head + body).hexdigest()


def _checked(key: str) -> str:
    if not 1 <= len(key) <= _MOST_KEY_LETTERS or not key.isascii() or not key.isprintable():
        raise HTTPException(400, f"an {HEADER} has 1 to {_MOST_KEY_LETTERS} printable ASCII characters")
    return key
