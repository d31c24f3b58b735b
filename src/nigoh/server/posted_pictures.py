"""Pictures in a request: the body itself, or the parts of a form."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from nigoh.errors import Invalid
from nigoh.office.photo_desk import SentPhoto

MOST_PHOTOS = 20
_MOST_NAME_LETTERS = 128
_PICTURES = ("image/", "application/octet-stream")
_BINARY = {"type": "string", "format": "binary"}


async def _posted(request: Request) -> list[SentPhoto]:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type.startswith(_PICTURES):
        return [SentPhoto(await request.body(), "photo")]
    if content_type == "multipart/form-data":
        async with request.form(max_files=MOST_PHOTOS, max_fields=MOST_PHOTOS) as form:
            return [await _sent(part) for _, part in form.multi_items() if isinstance(part, UploadFile)]
    raise HTTPException(415, "send a picture itself (image/jpeg, ...) or a form with pictures (multipart/form-data)")


async def _sent(part: UploadFile) -> SentPhoto:
    return SentPhoto(await part.read(), (part.filename or "photo")[:_MOST_NAME_LETTERS])


PostedPictures = Annotated[list[SentPhoto], Depends(_posted)]
"""A parameter of a route that takes pictures; routes check how many."""


def exactly(pictures: list[SentPhoto], count: int) -> list[SentPhoto]:
    """The pictures, if there are as many as that. Raises Invalid."""
    if len(pictures) != count or not all(picture.data for picture in pictures):
        wanted = "one picture" if count == 1 else f"{count} pictures"
        raise Invalid("photo", f"the request holds {wanted}, not {len(pictures)}", "Send each as a file.")
    return pictures


def picture_body(count: int = 1) -> Mapping[str, Any]:
    """How OpenAPI describes such a request."""
    names = ["photo"] if count == 1 else ["a", "b"]
    form = {"type": "object", "properties": dict.fromkeys(names, _BINARY), "required": names}
    content: dict[str, Any] = {"multipart/form-data": {"schema": form}}
    if count == 1:
        content |= {kind: {"schema": _BINARY} for kind in ("image/jpeg", "image/png", "image/webp")}
    return {"requestBody": {"required": True, "content": content}}
