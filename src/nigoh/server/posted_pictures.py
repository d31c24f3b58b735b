"""Pictures in a request: the body itself, or the parts of a form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from nigoh.errors import Invalid
from nigoh.office.photo_desk import SentPhoto
from nigoh.server.limits import JSON_BYTES
from nigoh.server.models.people import PersonIn

MOST_PHOTOS = 20
_MOST_NAME_LETTERS = 128
_PICTURES = ("image/", "application/octet-stream")
_FACES = TypeAdapter(list[Annotated[int, Field(ge=0, le=1000)] | None])
_BINARY = {"type": "string", "format": "binary"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EnrolledPerson:
    """Somebody who is to be enrolled, and their photos."""

    person: PersonIn
    photos: list[SentPhoto]


async def _posted(request: Request) -> list[SentPhoto]:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type.startswith(_PICTURES):
        return [SentPhoto(await request.body(), "photo")]
    if content_type == "multipart/form-data":
        async with request.form(max_files=MOST_PHOTOS, max_fields=MOST_PHOTOS) as form:
            return [await _sent(part) for _, part in form.multi_items() if isinstance(part, UploadFile)]
    raise HTTPException(415, "send a picture itself (image/jpeg, ...) or a form with pictures (multipart/form-data)")


async def _posted_person(request: Request) -> EnrolledPerson:
    async with request.form(max_files=MOST_PHOTOS, max_fields=3, max_part_size=JSON_BYTES) as form:
        said, pointed = form.get("person"), form.get("faces")
        pictures = [await _sent(part) for part in form.getlist("photo") if isinstance(part, UploadFile)]
    if not isinstance(said, str):
        raise Invalid("person", "the form has no part person", "Send it as JSON, beside the parts photo.")
    person = _read("person", TypeAdapter(PersonIn), said)
    return EnrolledPerson(person, _pointed(pictures, pointed if isinstance(pointed, str) else ""))


def _pointed(pictures: list[SentPhoto], said: str) -> list[SentPhoto]:
    """The pictures with the faces that are meant."""
    faces = _read("faces", _FACES, said) if said else [None] * len(pictures)
    if len(faces) != len(pictures):
        raise Invalid(
            "faces", f"there are {len(faces)} faces to {len(pictures)} photos", "Give one, or null, for each."
        )
    return [replace(picture, face=face) for picture, face in zip(pictures, faces, strict=True)]


def _read(part: str, form: TypeAdapter[T], said: str) -> T:
    try:
        return form.validate_json(said)
    except ValidationError as error:
        found = [{**each, "loc": ("body", part, *each["loc"])} for each in error.errors(include_url=False)]
        raise RequestValidationError(found) from None


async def _sent(part: UploadFile) -> SentPhoto:
    return SentPhoto(await part.read(), (part.filename or "photo")[:_MOST_NAME_LETTERS])


PostedPerson = Annotated[EnrolledPerson, Depends(_posted_person)]
"""A parameter of a route that takes a person with photos."""

PostedPictures = Annotated[list[SentPhoto], Depends(_posted)]
"""A parameter of a route that takes pictures; routes check how many."""


def exactly(pictures: list[SentPhoto], count: int) -> list[SentPhoto]:
    """The pictures, if there are as many as that. Raises Invalid."""
    if len(pictures) != count or not all(picture.data for picture in pictures):
        wanted = "one picture" if count == 1 else f"{count} pictures"
        raise Invalid("photo", f"the request holds {wanted}, not {len(pictures)}", "Send each as a file.")
    return pictures


def person_body() -> Mapping[str, Any]:
    """How OpenAPI describes a request with a person and photos."""
    person = {"type": "string", "contentMediaType": "application/json", "description": "As of POST /api/v1/people."}
    photos = {"type": "array", "items": _BINARY, "maxItems": MOST_PHOTOS}
    said = "JSON: of each photo which face is meant, as `check` counts them, or null; left out: of none."
    faces = {"type": "string", "contentMediaType": "application/json", "description": said}
    parts = {"person": person, "photo": photos, "faces": faces}
    form = {"type": "object", "properties": parts, "required": ["person"]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}


def picture_body(count: int = 1) -> Mapping[str, Any]:
    """How OpenAPI describes such a request."""
    names = ["photo"] if count == 1 else ["a", "b"]
    form = {"type": "object", "properties": dict.fromkeys(names, _BINARY), "required": names}
    content: dict[str, Any] = {"multipart/form-data": {"schema": form}}
    if count == 1:
        content |= {kind: {"schema": _BINARY} for kind in ("image/jpeg", "image/png", "image/webp")}
    return {"requestBody": {"required": True, "content": content}}
