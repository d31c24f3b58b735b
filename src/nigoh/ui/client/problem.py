"""What the API answers when it does not do what was asked."""

from dataclasses import dataclass

from nigoh.errors import NigohError


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field.

    Attributes:
        path: where: body.name, query.limit, ...
        message: what is wrong with it.
    """

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """Problem details of RFC 9457, as the API sends them."""

    type: str = ""
    title: str = ""
    status: int = 500
    detail: str = ""
    next_step: str = ""
    errors: tuple[FieldProblem, ...] | None = None


class ApiProblem(NigohError):
    """The API refuses, or does not answer.

    Attributes:
        status: of HTTP; 0: no answer came.
        kind: the end of the problem's type: "missing", "stale", "conflict", ...
        fields: what is wrong with which field.
    """

    def __init__(self, details: ProblemDetails) -> None:
        super().__init__(details.detail or details.title or f"the server answers {details.status}", details.next_step)
        self.status = details.status
        self.kind = details.type.rpartition("/")[2]
        self.fields = details.errors or ()


class LoggedOut(ApiProblem):
    """The session holds no more: whoever sits there logs in again."""


class NoAnswer(ApiProblem):
    """The server cannot be reached, or took too long."""

    def __init__(self, why: str) -> None:
        super().__init__(ProblemDetails(type="no-answer", status=0, detail=f"the server does not answer: {why}"))
