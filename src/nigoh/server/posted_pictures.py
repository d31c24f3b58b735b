"""Pictures in a request: the body itself, or the parts of a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from nigoh.errors import Invalid
from nigoh.office.photo_desk import SentPhoto
from nigoh.server.limits import JSON_BYTES
from nigoh.server.models.people import PersonIn

MOST_PHOTOS = 20
_MOST_NAME_LETTERS = 128
_PICTURES = ("image/", "application/octet-stream")
_BINARY = {"type": "string", "format": "binary"}


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
    async with request.form(max_files=MOST_PHOTOS, max_fields=2, max_part_size=JSON_BYTES) as form:
        said = form.get("person")
        pictures = [await _sent(part) for part in form.getlist("photo") if isinstance(part, UploadFile)]
    if not isinstance(said, str):
        raise Invalid("person", "the form has no part person", "Send it as JSON, beside the parts photo.")
    try:
        return EnrolledPerson(PersonIn.model_validate_json(said), pictures)
    except ValidationError as error:
        found = [{**each, "loc": ("body", "person", *each["loc"])} for each in error.errors(include_url=False)]
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
    form = {"type": "object", "properties": {"person": person, "photo": photos}, "required": ["person"]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}


def picture_body(count: int = 1) -> Mapping[str, Any]:
    """How OpenAPI describes such a request."""
    names = ["photo"] if count == 1 else ["a", "b"]
    form = {"type": "object", "properties": dict.fromkeys(names, _BINARY), "required": names}
    content: dict[str, Any] = {"multipart/form-data": {"schema": form}}
    if count == 1:
        content |= {kind: {"schema": _BINARY} for kind in ("image/jpeg", "image/png", "image/webp")}
    return {"requestBody": {"required": True, "content": content}}
