"""What a client is told when something does not work: problem details (RFC 9457), one stable type for each kind.

    {"type": "/api/problems/missing", "title": "There is no such thing", "status": 404,
     "detail": "there is no person 01j9...", "next_step": "...", "instance": "/api/v1/people/01j9..."}

`type` and `status` are for programs, the rest is for people. There is never a traceback or a secret in them.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nigoh import errors
from nigoh.domain.camera_url import redact
from nigoh.errors import NigohError

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_PLACE = "/api/problems/"
_MOST_FIELDS = 50
_CONFUSED = frozenset({408, 413})


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    path: str = Field(description="Where: body.name, query.limit, ...")
    message: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """Problem details of RFC 9457."""

    model_config = ConfigDict(json_schema_extra={"description": "Problem details (RFC 9457)."})

    type: str = Field(description="Names the kind of problem; it never changes.", examples=["/api/problems/missing"])
    title: str = Field(description="The kind of problem in words.")
    status: Annotated[int, Field(description="The HTTP status.", ge=400, le=599)]
    detail: str = Field(default="", description="What went wrong this time.")
    next_step: str = Field(default="", description="What helps.")
    instance: str = Field(default="", description="The address that was asked for.")
    errors: list[FieldProblem] | None = Field(default=None, description="The fields that are wrong.")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: the end of its type, its status and its title."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The URI that names it, relative to the server."""
        return _PLACE + self.name


INVALID = Kind("invalid", 422, "The request is not as it should be")
ENROLMENT = Kind("enrolment", 422, "Nobody could be enrolled")
INTERNAL = Kind("internal", 500, "The server has made a mistake")
_UNKNOWN = Kind("failed", 500, "The server could not do it")

_KINDS: dict[str, Kind] = {
    "Unauthenticated": Kind("unauthenticated", 401, "Who asks is not known"),
    "SecondFactorNeeded": Kind("second-factor", 401, "A code is wanted beside the password"),
    "Forbidden": Kind("forbidden", 403, "Whoever asks may not do this"),
    "Missing": Kind("missing", 404, "There is no such thing"),
    "Conflict": Kind("conflict", 409, "It contradicts what is there"),
    "Stale": Kind("stale", 412, "It has been changed since it was read"),
    "Invalid": INVALID,
    "Unstorable": INVALID,
    "BadCursor": Kind("cursor", 422, "The place in the list is none"),
    "KeyReused": Kind("key-reused", 422, "The idempotency key belongs to another request"),
    "KeyDestroyed": Kind("gone", 410, "It was there and has been erased"),
    "TooLarge": Kind("too-large", 413, "The request is too large"),
    "Throttled": Kind("throttled", 429, "Too many attempts"),
    "UnderWay": Kind("under-way", 409, "The same request is being answered"),
    "ImportRunning": Kind("import-running", 409, "Another import goes on"),
    "TooManyTiles": Kind("too-many", 429, "There are too many"),
    "VaultError": Kind("vault", 500, "What is stored cannot be opened"),
    "PhotoError": Kind("photo", 422, "The photo cannot be used"),
    "EnrolmentError": ENROLMENT,
    "TemplateMismatch": Kind("template-mismatch", 409, "Templates of two models met"),
    "MissingExtra": Kind("not-installed", 501, "A feature is not installed"),
    "ConfigError": Kind("refused", 422, "The value is refused"),
    "SourceUnavailable": Kind("unavailable", 503, "It cannot be reached now"),
    "SourceError": Kind("source", 422, "The source cannot be used"),
    "OutboundRefused": Kind("outbound", 422, "That host is not connected to"),
    "OutputError": Kind("storage", 507, "It cannot be stored"),
    "DatabaseUnavailable": Kind("unavailable", 503, "The database cannot be reached now"),
    "Retryable": Kind("unavailable", 503, "It cannot be done now"),
}
"""The kind of each error, by the name of its class; an error that is not here is what its base class is."""

_BY_STATUS: dict[int, Kind] = {
    400: Kind("malformed", 400, "The request cannot be understood"),
    401: _KINDS["Unauthenticated"],
    403: _KINDS["Forbidden"],
    404: Kind("missing", 404, "There is no such thing"),
    405: Kind("method", 405, "That cannot be done with it"),
    408: Kind("slow", 408, "The request did not come in time"),
    413: _KINDS["TooLarge"],
    415: Kind("media-type", 415, "That media type is not taken"),
    416: Kind("range", 416, "There is no such range"),
    429: _KINDS["Throttled"],
    503: _KINDS["Retryable"],
}

_NEXT_STEPS: dict[int, str] = {
    404: "See at /api/docs what there is.",
    405: "The header Allow says what can be done with it.",
    408: "Send the whole request at once; behind a slow line, less of it.",
    413: "Send less at once: 1 MiB of JSON, 32 MiB with photos, 2 GiB in an archive.",
    415: "See at /api/docs which media type it takes.",
    416: "The header Content-Range says how many bytes there are.",
}
"""What helps against what libraries answer by themselves."""

_PHRASES = {413: "Content Too Large"}
"""What newer libraries call a status than Python does."""


def kind_of(error: NigohError) -> Kind:
    """The kind of an error."""
    for base in type(error).__mro__:
        if (found := _KINDS.get(base.__name__)) is not None:
            return found
    return _UNKNOWN


def problem_kinds() -> Iterable[Kind]:
    """Every kind of problem, for the documentation."""
    kinds = {each.name: each for each in (*_KINDS.values(), *_BY_STATUS.values(), _UNKNOWN, INTERNAL)}
    return (kinds[name] for name in sorted(kinds))


def problem_answer(  # noqa: PLR0913 - the members of a problem
    kind: Kind,
    instance: str,
    *,
    detail: str = "",
    next_step: str = "",
    fields: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that tells a problem. Credentials in the texts are struck out."""
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=redact(detail),
        next_step=redact(next_step),
        instance=instance,
        errors=fields,
    )
    sent = dict(headers or {})
    if kind.status == HTTPStatus.UNAUTHORIZED:
        sent.setdefault("WWW-Authenticate", "Bearer")
    if kind.status in _CONFUSED:
        # The rest of the request is still on its way: nothing that follows it could be understood.
        sent["Connection"] = "close"
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, kind.status, sent, MEDIA_TYPE)


def problem_document(kind: Kind, instance: str, detail: str) -> dict[str, object]:
    """A problem as an object, for whoever has more to say than its members."""
    problem = Problem(type=kind.type, title=kind.title, status=kind.status, detail=redact(detail), instance=instance)
    return problem.model_dump(mode="json", exclude_none=True)


def answer_errors(app: FastAPI) -> None:
    """Let the application tell every error as a problem."""
    app.add_exception_handler(NigohError, _on_nigoh_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_mistake)


def _on_nigoh_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, NigohError):
        return _on_mistake(request, error)
    kind = kind_of(error)
    if kind.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("%s %s: %s", request.method, request.url.path, error)
    headers: dict[str, str] = {}
    if isinstance(error, errors.Retryable):
        headers["Retry-After"] = "5"
    if (wait_s := getattr(error, "retry_after_s", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait_s)))
    return problem_answer(kind, request.url.path, detail=error.what, next_step=error.next_step, headers=headers)


def _on_invalid_request(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    # What was sent is not repeated: it may be a password.
    fields = [
        FieldProblem(path=".".join(str(part) for part in each["loc"]), message=str(each["msg"]))
        for each in list(found)[:_MOST_FIELDS]
    ]
    detail = "; ".join(f"{each.path}: {each.message}" for each in fields[:3])
    return problem_answer(INVALID, request.url.path, detail=detail, fields=fields)


def _on_http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return _on_mistake(request, error)
    own_words = {_phrase(error.status_code), _PHRASES.get(error.status_code)}
    detail = error.detail if isinstance(error.detail, str) and error.detail not in own_words else ""
    return _status_answer(error.status_code, request.url.path, detail, error.headers)


def _status_answer(
    status: int, instance: str, detail: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    kind = _BY_STATUS.get(status) or Kind(f"status-{status}", status, _phrase(status))
    return problem_answer(kind, instance, detail=detail, next_step=_NEXT_STEPS.get(status, ""), headers=headers)


def _on_mistake(request: Request, error: Exception) -> Response:
    """What nobody foresaw. The log has the rest: nothing of it is told."""
    del error
    return problem_answer(
        INTERNAL, request.url.path, next_step="The server's log says more; please report it with what it says."
    )


class ForeignErrors:
    """Tells the plain texts with which libraries answer by themselves (too large, no such range) as problems."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_foreign_error(message):
                replaced = True
                answer = _status_answer(message["status"], scope["path"], headers=_kept_headers(message))
                await answer(scope, receive, send)
            if not replaced:
                await send(message)

        await self._app(scope, receive, send_problem)


def _is_foreign_error(message: Message) -> bool:
    content_type = Headers(raw=message["headers"]).get("content-type", "")
    return message["status"] >= HTTPStatus.BAD_REQUEST and (not content_type or content_type.startswith("text/plain"))


def _kept_headers(message: Message) -> dict[str, str]:
    headers = Headers(raw=message["headers"])
    return {name: headers[name] for name in ("content-range", "allow", "retry-after") if name in headers}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "The request failed"
