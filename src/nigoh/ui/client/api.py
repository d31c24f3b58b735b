"""Asking the HTTP API."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import httpx
import msgspec

from nigoh.ui.client.problem import ApiProblem, LoggedOut, NoAnswer, ProblemDetails

PREFIX = "/api/v1"

T = TypeVar("T")
Scalar = str | int | float | bool | datetime
Query = Mapping[str, Scalar | Sequence[Scalar] | None]
Files = Sequence[tuple[str, tuple[str, bytes, str]]]
"""Of a form: the field's name, and the file's name, bytes and media type."""

_UNAUTHENTICATED = 401
_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class Versioned(Generic[T]):
    """Something, and the version of it that was read.

    Attributes:
        value: what was read.
        etag: to be sent back as `if_match`, so that nobody else's change is lost; "" if it has none.
    """

    value: T
    etag: str


class Api:
    """Asks the API as one user. Owner: the event loop.

    Answers are read into the frozen dataclass that the caller names; fields that it does not name are left out. All
    methods raise `ApiProblem` when the API refuses, `LoggedOut` (one of them) when the session holds no more and
    `NoAnswer` when no answer comes.

    Args:
        http: knows where the API is and who asks; whoever made it closes it.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, form: type[T], query: Query | None = None) -> T:
        """What is at `path` (below /api/v1, with its leading slash)."""
        return _decode(await self._ask("GET", path, _Sent(query=query)), form)

    async def get_versioned(self, path: str, form: type[T]) -> Versioned[T]:
        """The same with its version, for changing it."""
        answer = await self._ask("GET", path, _Sent())
        return Versioned(_decode(answer, form), answer.headers.get("etag", ""))

    async def download(self, path: str, query: Query | None = None) -> bytes:
        """The bytes that are there: a picture, an export."""
        return (await self._ask("GET", path, _Sent(query=query))).content

    async def post(self, path: str, form: type[T], body: object = None, *, query: Query | None = None) -> T:
        """Make or do something; `body` goes as JSON."""
        return _decode(await self._ask("POST", path, _Sent(query=query, body=body)), form)

    async def post_files(
        self,
        path: str,
        form: type[T],
        files: Files,
        fields: Mapping[str, str] | None = None,
        *,
        query: Query | None = None,
    ) -> T:
        """Send files, as a form does."""
        return _decode(await self._ask("POST", path, _Sent(files=files, fields=fields, query=query)), form)

    async def post_bytes(self, path: str, form: type[T], content: bytes | AsyncIterator[bytes], kind: str) -> T:
        """Send a file as the body; `kind` is its media type."""
        return _decode(await self._ask("POST", path, _Sent(content=content, kind=kind)), form)

    async def patch(self, path: str, form: type[T], body: object, *, if_match: str = "") -> T:
        """Change fields of something. The problem is `stale` when somebody else changed it since."""
        return _decode(await self._ask("PATCH", path, _Sent(body=body, if_match=if_match)), form)

    async def put(self, path: str, form: type[T], body: object, *, if_match: str = "") -> T:
        """Put something there, instead of what is there."""
        return _decode(await self._ask("PUT", path, _Sent(body=body, if_match=if_match)), form)

    async def delete(self, path: str, *, query: Query | None = None, if_match: str = "") -> None:
        """Remove what is there."""
        await self._ask("DELETE", path, _Sent(query=query, if_match=if_match))

    async def _ask(self, method: str, path: str, sent: "_Sent") -> httpx.Response:
        content, headers = sent.content, {}
        if sent.if_match:
            headers["If-Match"] = sent.if_match
        if sent.body is not None:
            content, headers["Content-Type"] = msgspec.json.encode(sent.body), "application/json"
        elif content is not None:
            headers["Content-Type"] = sent.kind
        try:
            answer = await self._http.request(
                method,
                PREFIX + path,
                params=httpx.QueryParams(_flat(sent.query or {})),
                content=content,
                files=None if sent.files is None else list(sent.files),
                data=sent.fields,
                headers=headers,
            )
        except httpx.HTTPError as error:
            raise NoAnswer(str(error) or type(error).__name__) from error
        if answer.status_code >= _FIRST_ERROR:
            raise _problem(answer)
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    query: Query | None = None
    body: object = None
    content: bytes | AsyncIterator[bytes] | None = None
    kind: str = ""
    files: Files | None = None
    fields: Mapping[str, str] | None = None
    if_match: str = ""


def _flat(query: Query) -> list[tuple[str, str | int | float | bool | None]]:
    found: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in query.items():
        if value is None:
            continue
        several = [value] if isinstance(value, str | int | float | bool | datetime) else value
        found.extend((name, _text(each)) for each in several)
    return found


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _decode(answer: httpx.Response, form: type[T]) -> T:
    if form is type(None) or not answer.content:
        return msgspec.convert(None, form)
    try:
        return msgspec.json.decode(answer.content, type=form)
    except msgspec.DecodeError as error:
        details = ProblemDetails(status=answer.status_code, detail=f"the server's answer is not understood: {error}")
        raise ApiProblem(details) from error


def _problem(answer: httpx.Response) -> ApiProblem:
    try:
        details = msgspec.json.decode(answer.content, type=ProblemDetails)
    except msgspec.DecodeError:
        details = ProblemDetails(status=answer.status_code, title=answer.reason_phrase)
    return (LoggedOut if answer.status_code == _UNAUTHENTICATED else ApiProblem)(details)
